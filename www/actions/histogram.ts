import { set, setTask } from '../session.js';
import type { HistogramOf } from '../session.js';
import { maskOf } from './held.js';
import { cancelTask, runTask, stopTask } from './task.js';

/** Counts the values of the scan or of a mask. `key` names the mask as it is now. */
export async function countValues(of: HistogramOf, key: string): Promise<void> {
  const mask = of === 'scan' ? undefined : maskOf(of);
  if (mask === null) return;
  await runTask({
    id: 'histogram',
    ask: (scan, call) => scan.histogram({ ...call, mask }),
    publish: (histogram) => {
      setTask('histogram', () => ({ step: 'done', outcome: { key, histogram } }));
      set({ spoken: 'Histogram counted' });
      return Promise.resolve();
    },
    discard: () => undefined,
    title: 'The values could not be counted',
    advice: 'Try again, or choose another mask.',
  });
}

export function cancelCounting(): void {
  cancelTask('histogram');
}

/** When another scan takes the place. */
export function forgetHistogram(): void {
  stopTask('histogram');
  setTask('histogram', () => ({ step: 'none' }));
}
