import { X } from 'lucide-react';
import { useId, useLayoutEffect, useRef } from 'react';
import type { ReactNode } from 'react';

interface ModalProps {
  readonly title: string;
  /** A line below the title. */
  readonly about?: string;
  readonly onClose: () => void;
  readonly size?: keyof typeof SIZES;
  /** Stays below what scrolls. */
  readonly footer?: ReactNode;
  /** Makes it a form, with its button in the footer. Called only when no field is invalid. */
  readonly onSubmit?: () => void;
  readonly children: ReactNode;
}

const SIZES = {
  wide: 'max-h-[min(85dvh,60rem)] w-[min(80rem,calc(100vw-2rem))]',
  medium: 'max-h-[min(85dvh,52rem)] w-[min(52rem,calc(100vw-2rem))]',
} as const;

/** A wide dialog on a desk, a drawer from below on a phone; there only while it is shown. */
export function Modal(props: ModalProps) {
  const { title, about, onClose, size = 'wide', footer, onSubmit, children } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  // Closed while it is still in the page: the browser then gives the focus back to where it was.
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    // At what is chosen or to be done, not at the first button.
    element?.querySelector<HTMLElement>('input:checked, [type=submit]')?.focus();
    return () => element?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={titleId}
      closedby="any"
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      className={`m-auto overflow-hidden rounded-lg border border-line bg-panel text-ink shadow-2xl shadow-black/40 backdrop:bg-black/50 max-md:mb-0 max-md:w-full max-md:max-w-none max-md:rounded-b-none open:flex ${SIZES[size]}`}
    >
      <Frame onSubmit={onSubmit}>
        <header className="flex shrink-0 items-start gap-3 px-5 pt-4 pb-3">
          <div className="min-w-0 flex-1">
            <h2 id={titleId} className="text-base font-semibold">
              {title}
            </h2>
            {about !== undefined && <p className="truncate text-ink-2">{about}</p>}
          </div>
          <button
            type="button"
            aria-label="Close"
            onClick={onClose}
            className="-mt-1 -mr-2 inline-flex size-8 shrink-0 cursor-pointer items-center justify-center rounded-md text-ink-2 hover:bg-hover hover:text-ink pointer-coarse:size-11"
          >
            <X aria-hidden size={17} strokeWidth={1.75} />
          </button>
        </header>
        <div className="min-h-0 flex-1 overflow-y-auto px-5 pb-5">{children}</div>
        {footer !== undefined && (
          <footer className="flex shrink-0 items-center gap-2 border-t border-line px-5 py-3">
            {footer}
          </footer>
        )}
      </Frame>
    </dialog>
  );
}

interface FrameProps {
  readonly onSubmit: (() => void) | undefined;
  readonly children: ReactNode;
}

function Frame({ onSubmit, children }: FrameProps) {
  const className = 'flex min-h-0 min-w-0 flex-1 flex-col';
  if (!onSubmit) return <div className={className}>{children}</div>;
  return (
    <form
      // The browser's own bubbles would refuse numbers between two steps; fields tell by themselves.
      noValidate
      className={className}
      onSubmit={(event) => {
        event.preventDefault();
        const wrong = event.currentTarget.querySelector<HTMLElement>('[aria-invalid=true]');
        if (wrong) wrong.focus();
        else onSubmit();
      }}
    >
      {children}
    </form>
  );
}
