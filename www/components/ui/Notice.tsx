import type { Note } from 'hounsfield';
import { CircleAlert, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';

import { sentence } from '../../lib/format.js';
import { copyText } from '../../lib/save.js';
import type { Problem } from '../../lib/problem.js';
import { Button } from './Button.js';

/** Something to know, beside what it concerns. */
export function Warning({ children }: { readonly children: ReactNode }) {
  return (
    <div className="flex gap-2 rounded-md bg-warn-soft px-2 py-1.5">
      <TriangleAlert aria-label="Note" size={15} className="mt-0.5 shrink-0 text-warn" />
      <p className="min-w-0">{children}</p>
    </div>
  );
}

interface NotesProps {
  readonly notes: readonly Note[];
  readonly className?: string;
}

/** What a result is to be looked at for, a sentence each; nothing where there is nothing. */
export function Warnings({ notes, className = '' }: NotesProps) {
  if (notes.length === 0) return null;
  return (
    <div className={`space-y-2 ${className}`}>
      {notes.map(({ code, message }) => (
        <Warning key={code + message}>{sentence(message)}</Warning>
      ))}
    </div>
  );
}

/** What is good to know of a result, quietly. */
export function Remarks({ notes, className = '' }: NotesProps) {
  if (notes.length === 0) return null;
  return (
    <ul className={`space-y-1 text-ink-2 ${className}`}>
      {notes.map(({ code, message }) => (
        <li key={code + message}>{sentence(message)}</li>
      ))}
    </ul>
  );
}

interface ProblemNoticeProps {
  readonly title: string;
  readonly problem: Problem;
  /** What the reader can do, as buttons. */
  readonly children?: ReactNode;
}

/** What happened, what can be done next, and details that can be sent on. */
export function ProblemNotice({ title, problem, children }: ProblemNoticeProps) {
  const copy = (): void => void copyText(`${problem.what}\n${problem.details}`);
  return (
    <div
      role="alert"
      className="rounded-lg border border-bad bg-bad-soft p-3 text-ink shadow-lg shadow-black/20"
    >
      <div className="flex gap-2">
        <CircleAlert aria-hidden size={17} className="mt-0.5 shrink-0 text-bad" />
        <div className="min-w-0 flex-1 space-y-1">
          <p className="font-semibold break-words">{title}</p>
          <p className="break-words">{problem.what}</p>
          <p className="text-ink-2">{problem.next}</p>
          <details className="text-ink-2">
            <summary className="inline-flex min-h-6 cursor-pointer items-center underline underline-offset-2 pointer-coarse:min-h-11">
              Details
            </summary>
            <pre className="mt-1 overflow-x-auto text-xs whitespace-pre-wrap">
              {problem.details}
            </pre>
            <Button look="quiet" className="mt-1" onClick={copy}>
              Copy details
            </Button>
          </details>
          {children && <div className="flex flex-wrap gap-2 pt-2">{children}</div>}
        </div>
      </div>
    </div>
  );
}
