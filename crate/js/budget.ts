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
 * Of preparing a scan and its masks: a copy to begin with, and at each step what goes in and what
 * comes out. A crop's box is not known yet; until then it is the whole.
 */
export function preparedBytes(
  { sizeVoxel, spacingMm, heldAs, volumeBytes }: ScanInfo,
  steps: readonly PrepareStep[],
  masks: number,
): number {
  let [size, spacing, voxelBytes] = [sizeVoxel, spacingMm, heldAs === 'f32' ? 4 : 2];
  const held = (): number => {
    const [nx, ny, nz] = size;
    return nx * ny * nz * voxelBytes + masks * maskBytes({ sizeVoxel: size });
  };
  let [before, peak] = [held(), volumeBytes];
  for (const step of steps) {
    if (step.op === 'resample') {
      const [n, was, wanted] = [size, spacing, positive(step.spacingMm, spacing)];
      size = triple((r) => Math.max(1, Math.ceil((n[r] * was[r]) / wanted[r])));
      spacing = wanted;
    } else if (step.op === 'pad') {
      const [n, wanted] = [size, positive(step.sizeVoxel, size)];
      size = triple((r) => Math.max(n[r], wanted[r]));
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

function triple(of: (r: 0 | 1 | 2) => number): Triple {
  return [of(0), of(1), of(2)];
}

/** Of a phantom: its voxels, a label a voxel, and the mask of its bones. 0 for the default size. */
export function phantomBytes({ sizeVoxel }: PhantomOptions): number {
  if (!sizeVoxel) return 0;
  const voxels = sizeVoxel.reduce((product, n) => product * n, 1);
  return 3 * voxels + maskBytes({ sizeVoxel });
}

function mb(bytes: number): number {
  return Math.ceil(bytes / 1e6);
}
