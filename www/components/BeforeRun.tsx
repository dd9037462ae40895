import type { ReactNode } from 'react';

import { useUnit } from '../hooks/useUnit.js';
import { CheckBadge } from './CheckBadge.js';
import { Warning } from './ui/Notice.js';

interface BeforeRunProps {
  /** What is found by its Hounsfield units. */
  readonly what: string;
  readonly children: ReactNode;
}

/** What a recipe does, and whether this scan is fit for it. */
export function BeforeRun({ what, children }: BeforeRunProps) {
  const hasHu = useUnit() === 'HU';
  return (
    <>
      <p className="text-ink-2">{children}</p>
      <CheckBadge />
      {!hasHu && (
        <Warning>
          These values are no Hounsfield units, by which {what} are found. What is found here is a
          guess.
        </Warning>
      )}
    </>
  );
}
