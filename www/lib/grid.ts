import type { ScanInfo } from 'hounsfield';

/** Millilitres of one voxel: the grid's true volume, tilted or not. */
export function voxelMl(rasFromVoxel: readonly number[]): number {
  const at = (i: number): number => rasFromVoxel[i] ?? 0;
  const det =
    at(0) * (at(5) * at(10) - at(6) * at(9)) -
    at(1) * (at(4) * at(10) - at(6) * at(8)) +
    at(2) * (at(4) * at(9) - at(5) * at(8));
  return Math.abs(det) / 1000;
}

/** The centre of a voxel in RAS millimetres. */
export function rasOfVoxel(
  rasFromVoxel: readonly number[],
  [i, j, k]: readonly [number, number, number],
): [number, number, number] {
  const row = (r: number): number =>
    (rasFromVoxel[4 * r] ?? 0) * i +
    (rasFromVoxel[4 * r + 1] ?? 0) * j +
    (rasFromVoxel[4 * r + 2] ?? 0) * k +
    (rasFromVoxel[4 * r + 3] ?? 0);
  return [row(0), row(1), row(2)];
}

/** Does a place lie in a slice that was interpolated? */
export function isMade({ facts, rasFromVoxel }: ScanInfo, rasMm: readonly number[]): boolean {
  const made = facts.stack?.made ?? [];
  return made.length > 0 && made.includes(Math.round(voxelZ(rasFromVoxel, rasMm)));
}

/** The slice index of a place, by Cramer's rule. */
function voxelZ(rasFromVoxel: readonly number[], rasMm: readonly number[]): number {
  const at = (i: number): number => rasFromVoxel[i] ?? 0;
  const off = [0, 1, 2].map((r) => (rasMm[r] ?? 0) - at(4 * r + 3));
  const [ox = 0, oy = 0, oz = 0] = off;
  const det = (c: readonly [number, number, number]): number =>
    at(0) * (at(5) * c[2] - c[1] * at(9)) -
    at(1) * (at(4) * c[2] - c[1] * at(8)) +
    c[0] * (at(4) * at(9) - at(5) * at(8));
  return det([ox, oy, oz]) / det([at(2), at(6), at(10)]);
}
