import { HounsfieldError } from './errors.js';
import { maskBytes, type Store } from './store.js';
import type { PhantomOptions, ScanInfo } from './types.js';

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
export function admit(bytes: number, store: Store): void {
  const left = leftBytes(store);
  if (bytes <= left) return;
  const held = store.heldBytes();
  const way =
    held > 0
      ? `open scans and masks hold ${mb(held)} MB of ${mb(LIMIT_BYTES)}; dispose of what is not needed`
      : 'crop or resample the scan first';
  throw new HounsfieldError(
    'too_large',
    `this needs ${mb(bytes)} MB of memory, but ${mb(left)} MB are left: ${way}`,
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

/** Of a phantom: its voxels, a label a voxel, and the mask of its bones. 0 for the default size. */
export function phantomBytes({ sizeVoxel }: PhantomOptions): number {
  if (!sizeVoxel) return 0;
  const voxels = sizeVoxel.reduce((product, n) => product * n, 1);
  return 3 * voxels + maskBytes({ sizeVoxel });
}

function mb(bytes: number): number {
  return Math.ceil(bytes / 1e6);
}
