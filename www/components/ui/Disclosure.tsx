import { ChevronRight } from 'lucide-react';
import type { ReactNode } from 'react';

interface DisclosureProps {
  readonly title: string;
  readonly children: ReactNode;
}

/** What most readers do not need, one click away. */
export function Disclosure({ title, children }: DisclosureProps) {
  return (
    <details className="group">
      <summary className="flex min-h-7 cursor-pointer list-none items-center gap-1 text-ink-2 hover:text-ink pointer-coarse:min-h-11">
        <ChevronRight aria-hidden size={15} className="group-open:rotate-90" />
        {title}
      </summary>
      <div className="pt-1 pb-2">{children}</div>
    </details>
  );
}
