import type { ProgressReport } from 'hounsfield';

import type { Problem } from './problem.js';

export interface Progress extends ProgressReport {
  /** Since the job began. */
  readonly elapsedSeconds: number;
}

/**
 * Something the engine is asked for, and what became of it. A good outcome outlives what comes after
 * it: it stays on the screen while the next one is made, and when that fails or is cancelled.
 */
export type Task<Outcome> =
  | { readonly step: 'none' }
  | { readonly step: 'running'; readonly progress: Progress; readonly previous: Outcome | null }
  | { readonly step: 'done'; readonly outcome: Outcome }
  | {
      readonly step: 'failed';
      /** What could not be done. */
      readonly title: string;
      readonly problem: Problem;
      readonly previous: Outcome | null;
    };

/** The last good outcome, whatever is going on now. */
export function outcomeOf<Outcome>(task: Task<Outcome>): Outcome | null {
  switch (task.step) {
    case 'none':
      return null;
    case 'done':
      return task.outcome;
    case 'running':
    case 'failed':
      return task.previous;
  }
}

/** What is left when the job in between came to nothing. */
export function backTo<Outcome>(previous: Outcome | null): Task<Outcome> {
  return previous ? { step: 'done', outcome: previous } : { step: 'none' };
}

/** Something failed; the outcome there is stays beside it. */
export function failed<Outcome>(
  task: Task<Outcome>,
  title: string,
  problem: Problem,
): Task<Outcome> {
  return { step: 'failed', title, problem, previous: outcomeOf(task) };
}

/** Changes the outcome on screen; nothing while another one is on its way. */
export function changed<Outcome>(task: Task<Outcome>, change: Partial<Outcome>): Task<Outcome> {
  if (task.step === 'done') return { ...task, outcome: { ...task.outcome, ...change } };
  if (task.step !== 'failed' || !task.previous) return task;
  return { ...task, previous: { ...task.previous, ...change } };
}
