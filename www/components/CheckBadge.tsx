import { CircleDashed } from 'lucide-react';
import { Popover } from 'radix-ui';

import { checkWords, verdict } from '../lib/check.js';
import { count } from '../lib/format.js';
import { isWarning } from '../lib/notes.js';
import { useSession } from '../session.js';
import { CHECK_LOOK, CheckItems } from './CheckItems.js';
import { Warning, Warnings } from './ui/Notice.js';

/** The CT check in a few words, beside every result; what is behind it on a click. */
export function CheckBadge({ className = '' }: { readonly className?: string }) {
  const scan = useSession((s) => s.scan);
  if (!scan) return null;
  const notes = scan.info.notes.filter(isWarning);
  const status = verdict(scan.check);
  const { icon: Icon, colour } = status
    ? CHECK_LOOK[status]
    : { icon: CircleDashed, colour: 'text-ink-3' };
  const items = scan.check.step === 'done' ? scan.check.items : [];
  return (
    <Popover.Root>
      <Popover.Trigger
        className={`inline-flex min-h-6 cursor-pointer items-center gap-1.5 rounded-full border border-line-strong px-2 py-0.5 text-xs whitespace-nowrap hover:bg-hover pointer-coarse:min-h-11 pointer-coarse:px-3 ${className}`}
      >
        <Icon aria-hidden size={13} className={colour} />
        CT check: {checkWords(scan.check)}
        {notes.length > 0 && `, ${count(notes.length, 'note', 'notes')}`}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          sideOffset={6}
          collisionPadding={8}
          aria-label="CT check"
          className="z-40 max-h-[70dvh] w-[min(22rem,calc(100vw-1rem))] space-y-3 overflow-y-auto rounded-lg border border-line bg-panel p-3 shadow-xl shadow-black/30"
        >
          <CheckItems items={items} />
          {scan.check.step === 'failed' && <Warning>{scan.check.what}</Warning>}
          <Warnings notes={notes} />
          {items.length === 0 && notes.length === 0 && scan.check.step !== 'failed' && (
            <p className="text-ink-2">Nothing to warn of.</p>
          )}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
