import { HounsfieldError } from './errors.js';
import { maskBytes, type Store } from './store.js';
import type { PhantomOptions, PrepareStep, ScanInfo, Triple } from './types.js';

/** All that 32-bit wasm can address, less what code, stacks and tables take. */
export const LIMIT_BYTES = 4 * 1024 ** 3 - 32 * 1024 ** 2;

/** What is left for new work. */
export function leftBytes(store: Store): number {
  return Math.max(0, LIMIT_BYTES - store.heldBytes());
}

/**
 * Refuses work that cannot fit before it begins: past the end of the memory there is only a trap,
 * and with it everything that is open would be lost.
 */
export function admit(bytes: number, store: Store, instead = ''): void {
  const left = leftBytes(store);
  if (bytes <= left) return;
  const held = store.heldBytes();
  const way =
    held > 0
      ? `open scans and masks hold ${mb(held)} MB of ${mb(LIMIT_BYTES)}; dispose of what is not needed`
      : 'crop or resample the scan first';
  throw new HounsfieldError(
    'too_large',
    `this needs ${mb(bytes)} MB of memory, but ${mb(left)} MB are left: ${instead && `${instead}, or `}${way}`,
  );
}

/** Of a bones run or a component curve, beyond the voxels. */
export function bonesBytes({ peakBytes, volumeBytes }: ScanInfo): number {
  return peakBytes - volumeBytes;
}

/** Of one step of a recipe: the mask before, two on the way, the mask after. */
export function stepBytes(info: ScanInfo): number {
  return 4 * maskBytes(info) + roundedBytes(info);
}

/** Of the copy as whole HU that work on a scan held as `f32` begins with. */
export function roundedBytes({ heldAs, volumeBytes }: ScanInfo): number {
  return heldAs === 'f32' ? volumeBytes / 2 : 0;
}

/** Of a table of measures: the union of its masks, and what rounds. */
export function tableBytes(info: ScanInfo): number {
  return 2 * maskBytes(info) + roundedBytes(info);
}

/**
 * Of preparing a scan and its masks: at each step what goes in and what comes out. The first step
 * looks at what is open, but for the masks, which are copied. A crop's box is not known yet; until
 * then it is the whole.
 */
export function preparedBytes(
  { sizeVoxel, spacingMm, heldAs }: ScanInfo,
  steps: readonly PrepareStep[],
  masks: number,
): number {
  let [size, spacing, voxelBytes] = [sizeVoxel, spacingMm, heldAs === 'f32' ? 4 : 2];
  const maskedBytes = (): number => masks * maskBytes({ sizeVoxel: size });
  const held = (): number => size[0] * size[1] * size[2] * voxelBytes + maskedBytes();
  let [before, peak] = [maskedBytes(), 0];
  for (const step of steps) {
    if (step.op === 'resample') {
      const [n, was, wanted] = [size, spacing, positive(step.spacingMm, spacing)];
      size = triple((r) => within(Math.ceil((n[r] * was[r]) / wanted[r])));
      spacing = wanted;
      if (step.asF32) voxelBytes = 4;
    } else if (step.op === 'pad') {
      const [n, wanted] = [size, positive(step.sizeVoxel, size)];
      size = triple((r) => within(Math.max(n[r], wanted[r])));
    } else if (['normalise', 'zeroCentre', 'zScore'].includes(step.op)) {
      voxelBytes = 4;
    }
    const after = held();
    peak = Math.max(peak, before + after);
    before = after;
  }
  return peak;
}

/** What is no size is refused by the step itself, in words. */
function positive(given: unknown, otherwise: Triple): Triple {
  const numbers: readonly unknown[] = Array.isArray(given) ? given : [];
  return triple((r) => {
    const number = numbers[r];
    return typeof number === 'number' && number > 0 ? number : otherwise[r];
  });
}

/** Of voxels along an axis: beyond this nothing fits, and sums of it are still numbers. */
function within(n: number): number {
  return Math.min(Math.max(n, 1), 2 ** 32);
}

function triple(of: (r: 0 | 1 | 2) => number): Triple {
  return [of(0), of(1), of(2)];
}

/**
 * Of a phantom where it is rendered, which has as much room and needs more than the engine that takes
 * it: its voxels, a label a voxel, and the mask of its bones. 0 for the default size.
 */
export function phantomBytes({ sizeVoxel }: PhantomOptions): number {
  if (!sizeVoxel) return 0;
  const voxels = sizeVoxel.reduce((product, n) => product * n, 1);
  return 3 * voxels + maskBytes({ sizeVoxel });
}

function mb(bytes: number): number {
  return Math.ceil(bytes / 1e6);
}
