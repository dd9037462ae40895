import { X } from 'lucide-react';
import { useRef } from 'react';
import type { ReactNode } from 'react';

import type { DialogId } from '../dialogs.js';

interface DialogProps {
  readonly id: DialogId;
  readonly title: string;
  readonly children: ReactNode;
}

/** The browser's own dialog: it keeps the focus, closes on Esc or a click beside it, gives the focus back. */
export function Dialog({ id, title, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  return (
    <dialog
      ref={dialog}
      id={`dialog-${id}`}
      aria-labelledby={`dialog-${id}-title`}
      closedby="any"
      className="m-auto max-h-[85dvh] w-[min(34rem,calc(100vw-2rem))] rounded-lg border border-line bg-panel text-ink shadow-2xl shadow-black/40 backdrop:bg-black/50"
    >
      <div className="p-5">
        <div className="mb-3 flex items-center">
          <h2 id={`dialog-${id}-title`} className="flex-1 text-base font-semibold">
            {title}
          </h2>
          <button
            type="button"
            aria-label="Close"
            onClick={() => dialog.current?.close()}
            className="inline-flex size-8 cursor-pointer items-center justify-center rounded-md text-ink-2 hover:bg-hover hover:text-ink pointer-coarse:size-11"
          >
            <X aria-hidden size={17} strokeWidth={1.75} />
          </button>
        </div>
        {children}
      </div>
    </dialog>
  );
}
