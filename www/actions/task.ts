import type { CallOptions, ProgressReport, Scan } from 'hounsfield';

import { isAbort, isLoss, problemOf } from '../lib/problem.js';
import { stopwatch } from '../lib/stopwatch.js';
import { backTo, outcomeOf } from '../lib/task.js';
import { failTask, get, set, setTask } from '../session.js';
import type { Outcomes, TaskId } from '../session.js';
import { held } from './held.js';

/** What one task does otherwise than the others. */
export interface Job<K extends TaskId, Result> {
  readonly id: K;
  readonly ask: (scan: Scan, call: CallOptions) => Promise<Result>;
  /** Takes the result over: handles, numbers and file change in one step; the picture may follow. */
  readonly publish: (result: Result, previous: Outcomes[K] | null) => Promise<void>;
  /** Frees a result that came after all, when nobody waited for it any more. */
  readonly discard: (result: Result) => void;
  /** When it fails: what could not be done, and what can be done about it. */
  readonly title: string;
  readonly advice: string;
}

/** `aborted`: whoever aborted has already put something else on the screen. */
export type Ending = 'done' | 'aborted' | 'lost' | 'failed';

const running = new Map<TaskId, AbortController>();

/** Asks the engine for it. A job of the same task that is still going on gives way. */
export async function runTask<K extends TaskId, Result>(job: Job<K, Result>): Promise<Ending> {
  const scan = held.opened?.scan;
  if (!scan) return 'aborted';
  const { id } = job;
  stopTask(id);
  const controller = new AbortController();
  running.set(id, controller);
  const { signal } = controller;
  const previous = outcomeOf<Outcomes[K]>(get().tasks[id]);
  const timed = stopwatch();
  const progress = timed({ stage: 'starting', fraction: 0 });
  setTask(id, () => ({ step: 'running', progress, previous }));
  const onProgress = (report: ProgressReport): void => {
    const now = get().tasks[id];
    if (signal.aborted || now.step !== 'running') return;
    // Stages are few; fractions are for the eye.
    if (now.progress.stage !== report.stage) set({ spoken: report.stage });
    setTask(id, () => ({ step: 'running', progress: timed(report), previous }));
  };
  try {
    const result = await job.ask(scan, { signal, onProgress });
    if (signal.aborted) {
      job.discard(result);
      return 'aborted';
    }
    await job.publish(result, previous);
    return 'done';
  } catch (error) {
    if (isAbort(error, signal)) return 'aborted';
    if (isLoss(error)) {
      setTask(id, () => backTo(previous));
      return 'lost';
    }
    failTask(id, job.title, problemOf(error, job.advice));
    return 'failed';
  }
}

/** Ends the job, and nothing else. */
export function stopTask(id: TaskId): void {
  running.get(id)?.abort();
}

/** The reader's wish: back to what there was. False when nothing was going on. */
export function cancelTask(id: TaskId): boolean {
  stopTask(id);
  const task = get().tasks[id];
  if (task.step !== 'running') return false;
  setTask(id, (now) => backTo(outcomeOf(now)));
  set({ spoken: 'Cancelled' });
  return true;
}

/** A call that is only a part of the job, from one fraction of it to another. */
export function partOf({ signal, onProgress }: CallOptions, from: number, to: number): CallOptions {
  return {
    signal,
    onProgress: ({ stage, fraction }) =>
      onProgress?.({ stage, fraction: from + fraction * (to - from) }),
  };
}
