import type { CallOptions, LungMeasures, LungsResult, Scan } from 'hounsfield';

import { markRows, rowsOfSlab } from '../lib/coronal.js';
import type { Coronal } from '../lib/coronal.js';
import { voxelAlong } from '../lib/grid.js';
import { get, set, setTask } from '../session.js';
import { held } from './held.js';
import { cancelTask, partOf, runTask, stopTask } from './task.js';

/** Slices in one message. */
const SLAB = 16;
/** Seen around the lungs, above and below them. */
const MARGIN_MM = 20;

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

/** Through the middle of the lungs, as far as they reach. Rows run along the scan's own axes. */
async function coronal(
  scan: Scan,
  { left, right, airways }: LungsResult,
  { rows }: LungMeasures,
  { signal, onProgress }: CallOptions,
): Promise<Coronal | null> {
  const { sizeVoxel, spacingMm, rasFromVoxel } = scan.info;
  const [nx, ny, nz] = sizeVoxel;
  const box = rows[0]?.boxVoxel;
  const centroid = rows[0]?.centroidRasMm;
  if (!box || !centroid) return null;
  const y = Math.min(ny - 1, Math.max(0, Math.round(voxelAlong(1, rasFromVoxel, centroid))));
  const margin = Math.ceil(MARGIN_MM / spacingMm[2]);
  const fromZ = Math.max(0, box.min[2] - margin);
  const toZ = Math.min(nz, box.max[2] + 1 + margin);
  const height = toZ - fromZ;
  const hu = new Int16Array(nx * height);
  const labels = new Uint8Array(nx * height);
  const masks = [left, right, airways].map((mask, k) => ({ mask, label: k + 1 }));
  for (let z = fromZ; z < toZ; z += SLAB) {
    signal?.throwIfAborted();
    onProgress?.({ stage: 'picture', fraction: (z - fromZ) / height });
    const n = Math.min(SLAB, toZ - z);
    const at = (z - fromZ) * nx;
    hu.set(rowsOfSlab(await scan.slab(z, n), [nx, ny], y), at);
    for (const { mask, label } of masks) {
      if (!mask) continue;
      markRows(await mask.bits(z, n), [nx, ny], y, (place) => (labels[at + place] = label));
    }
  }
  return { width: nx, height, spacingMm: [spacingMm[0], spacingMm[2]], hu, labels };
}

export function cancelReport(): void {
  cancelTask('report');
}

/** When another scan or another run takes the place. */
export function forgetReport(): void {
  stopTask('report');
  setTask('report', () => ({ step: 'none' }));
}
