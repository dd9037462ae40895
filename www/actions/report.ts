import type { CallOptions, LungMeasures, LungsResult, Scan } from 'hounsfield';

import { addSlab, emptyCoronal, planCoronal } from '../lib/coronal.js';
import type { Coronal } from '../lib/coronal.js';
import { get, set, setTask } from '../session.js';
import { held } from './held.js';
import { cancelTask, partOf, runTask, stopTask } from './task.js';

/** Slices in one message. */
const SLAB = 16;

/** Everything on the lung report that is not known yet. `run` names the result it is of. */
export async function prepareReport(run: number): Promise<void> {
  const { lungs } = held;
  const { report } = get().tasks;
  if (!lungs || (report.step === 'done' && report.outcome.run === run)) return;
  await runTask({
    id: 'report',
    ask: async (scan, call) => {
      const measures = await lungs.measure(partOf(call, 0, 0.4));
      const whole = await scan.histogram(partOf(call, 0.4, 0.6));
      const left = await scan.histogram({ ...partOf(call, 0.6, 0.7), mask: lungs.left });
      const right = await scan.histogram({ ...partOf(call, 0.7, 0.8), mask: lungs.right });
      const picture = await coronal(scan, lungs, measures, partOf(call, 0.8, 1));
      return { run, day: today(), measures, histograms: { whole, left, right }, picture };
    },
    publish: (outcome) => {
      setTask('report', () => ({ step: 'done', outcome }));
      set({ spoken: 'The report is ready' });
      return Promise.resolve();
    },
    discard: () => undefined,
    title: 'The report could not be made',
    advice: 'Try again, or run lungs again.',
  });
}

/** By the reader's own calendar. */
function today(): string {
  const now = new Date();
  return [now.getFullYear(), now.getMonth() + 1, now.getDate()]
    .map((n) => String(n).padStart(2, '0'))
    .join('-');
}

/** Through the middle of the lungs. */
async function coronal(
  scan: Scan,
  { left, right, airways }: LungsResult,
  { rows }: LungMeasures,
  { signal, onProgress }: CallOptions,
): Promise<Coronal | null> {
  const box = rows[0]?.boxVoxel;
  const centroid = rows[0]?.centroidRasMm;
  if (!box || !centroid) return null;
  const plan = planCoronal(scan.info, box, centroid);
  const picture = emptyCoronal(plan);
  const { fromZ, toZ } = plan;
  let z0 = fromZ;
  do {
    signal?.throwIfAborted();
    onProgress?.({ stage: 'picture', fraction: (z0 - fromZ) / (toZ - fromZ + 1) });
    const n = Math.min(SLAB, toZ + 1 - z0);
    const hu = await scan.slab(z0, n);
    const masks: (Uint8Array | null)[] = [];
    for (const mask of [left, right, airways]) masks.push(mask && (await mask.bits(z0, n)));
    addSlab(picture, plan, { z0, n, hu, masks });
    // The next slab begins with the last slice of this one.
    z0 += SLAB - 1;
  } while (z0 < toZ);
  return picture;
}

export function cancelReport(): void {
  cancelTask('report');
}

/** When another scan or another run takes the place. */
export function forgetReport(): void {
  stopTask('report');
  setTask('report', () => ({ step: 'none' }));
}
