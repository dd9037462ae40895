import type { ReactNode } from 'react';

interface ChoiceProps {
  readonly label: string;
  readonly children: ReactNode;
}

/** A label and, beside it or below, what one chooses from. */
export function Choice({ label, children }: ChoiceProps) {
  return (
    <div className="flex flex-wrap items-center gap-2">
      <span className="flex-1 text-ink-2">{label}</span>
      {children}
    </div>
  );
}
