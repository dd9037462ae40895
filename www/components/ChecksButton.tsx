import { Check, TriangleAlert } from 'lucide-react';
import { Popover } from 'radix-ui';

import { count, sentence } from '../lib/format.js';
import { isWarning } from '../lib/notes.js';
import { useSession } from '../session.js';
import { Warning } from './ui/Notice.js';

/** The CT check in one badge; its warnings are behind it. */
export function ChecksButton() {
  const notes = useSession((s) => s.scan?.info.notes)?.filter(isWarning) ?? [];
  if (notes.length === 0) {
    return (
      <span className="inline-flex items-center gap-1.5 rounded-full border border-line px-2 py-0.5 text-xs text-ink-2">
        <Check aria-hidden size={13} className="text-good" />
        CT check
      </span>
    );
  }
  return (
    <Popover.Root>
      <Popover.Trigger className="inline-flex cursor-pointer items-center gap-1.5 rounded-full border border-line-strong px-2 py-0.5 text-xs whitespace-nowrap hover:bg-hover">
        <TriangleAlert aria-hidden size={13} className="text-warn" />
        CT check: {count(notes.length, 'note', 'notes')}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          sideOffset={6}
          collisionPadding={8}
          aria-label="CT check"
          className="z-40 w-80 space-y-2 rounded-lg border border-line bg-panel p-3 shadow-xl shadow-black/30"
        >
          {notes.map((note) => (
            <Warning key={note.code}>{sentence(note.message)}</Warning>
          ))}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
