/** Thinning of scans that do not fit the graphics card: every `step`-th voxel is kept, the first one always. */
import type { Vec3 } from './affine.js';

/** How many voxels stay along an axis of `size` when every `step`-th is kept. */
export function keptCount(size: number, step: number): number {
  return Math.ceil(size / step);
}

/** The smallest steps that bring every axis within `limit`. */
export function stepToFit(size: Vec3, limit: number): [number, number, number] {
  return [Math.ceil(size[0] / limit), Math.ceil(size[1] / limit), Math.ceil(size[2] / limit)];
}

/** The kept slices of `z0 … z0 + n − 1`, as indices of the thinned volume: `[first, end)`. */
export function keptSlices(z0: number, n: number, step: number): [number, number] {
  return [Math.ceil(z0 / step), Math.ceil((z0 + n) / step)];
}

/** Bytes of one x-row of a bit mask: rows are padded to whole 64-bit words. */
export function maskRowBytes(nx: number): number {
  return 8 * Math.ceil(nx / 64);
}

/** The kept voxels of a slab (`n` slices of `nx · ny`, the first being slice `z0` of the scan). */
export function subsampleSlab(
  voxels: Int16Array,
  nx: number,
  ny: number,
  z0: number,
  n: number,
  step: Vec3,
): Int16Array {
  const mx = keptCount(nx, step[0]);
  const my = keptCount(ny, step[1]);
  const [first, end] = keptSlices(z0, n, step[2]);
  const out = new Int16Array(mx * my * (end - first));
  let to = 0;
  for (let z = first; z < end; z++) {
    for (let y = 0; y < my; y++) {
      let from = ((z * step[2] - z0) * ny + y * step[1]) * nx;
      for (let x = 0; x < mx; x++, from += step[0]) out[to++] = voxels[from] ?? 0;
    }
  }
  return out;
}

/** The kept bits of a mask slab, rows padded anew. */
export function subsampleBits(
  bits: Uint8Array,
  nx: number,
  ny: number,
  z0: number,
  n: number,
  step: Vec3,
): Uint8Array {
  const rowIn = maskRowBytes(nx);
  const mx = keptCount(nx, step[0]);
  const my = keptCount(ny, step[1]);
  const rowOut = maskRowBytes(mx);
  const [first, end] = keptSlices(z0, n, step[2]);
  const out = new Uint8Array(rowOut * my * (end - first));
  let rowTo = 0;
  for (let z = first; z < end; z++) {
    for (let y = 0; y < my; y++, rowTo += rowOut) {
      const rowFrom = ((z * step[2] - z0) * ny + y * step[1]) * rowIn;
      if (step[0] === 1) {
        out.set(bits.subarray(rowFrom, rowFrom + rowIn), rowTo);
        continue;
      }
      for (let x = 0; x < mx; x++) {
        const at = x * step[0];
        const bit = ((bits[rowFrom + (at >> 3)] ?? 0) >> (at & 7)) & 1;
        out[rowTo + (x >> 3)] = (out[rowTo + (x >> 3)] ?? 0) | (bit << (x & 7));
      }
    }
  }
  return out;
}
