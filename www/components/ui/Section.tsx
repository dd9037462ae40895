import { useId } from 'react';
import type { ReactNode } from 'react';

interface SectionProps {
  readonly title: string;
  /** For sections that what stands in them names well enough. */
  readonly isTitleHidden?: boolean;
  /** Beside the title, on the right. */
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

/** A titled part of a panel, set apart by a line. */
export function Section({ title, isTitleHidden = false, aside, children }: SectionProps) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="border-b border-line p-3 last:border-0">
      <div className={isTitleHidden ? 'sr-only' : 'mb-2 flex min-h-6 items-center gap-2'}>
        <h2 id={id} className="flex-1 font-semibold">
          {title}
        </h2>
        {aside}
      </div>
      {children}
    </section>
  );
}
