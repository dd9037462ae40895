import type { Note } from 'hounsfield';

/** Which of the two places in the header was used: good to know, nothing to worry about. */
const FACTS: readonly string[] = ['sform', 'qform'];

/** Whether a note is one that should catch the eye. */
export function isWarning({ code }: Note): boolean {
  return !FACTS.includes(code);
}
