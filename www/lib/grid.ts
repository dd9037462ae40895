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
  const stack = facts.stack;
  if (!stack || stack.made.length === 0) return false;
  const axis = { x: 0, y: 1, z: 2 }[stack.axis];
  return stack.made.includes(Math.round(voxelAlong(axis, rasFromVoxel, rasMm)));
}

/** The voxel index of a place along an axis, not rounded; by Cramer's rule. */
export function voxelAlong(
  axis: number,
  rasFromVoxel: readonly number[],
  rasMm: readonly number[],
): number {
  const at = (i: number): number => rasFromVoxel[i] ?? 0;
  // The column of an axis, or in place of one how far the place is from the first voxel.
  const det = (replaced: number): number => {
    const cell = (r: number, c: number): number =>
      c === replaced ? (rasMm[r] ?? 0) - at(4 * r + 3) : at(4 * r + c);
    return (
      cell(0, 0) * (cell(1, 1) * cell(2, 2) - cell(1, 2) * cell(2, 1)) -
      cell(0, 1) * (cell(1, 0) * cell(2, 2) - cell(1, 2) * cell(2, 0)) +
      cell(0, 2) * (cell(1, 0) * cell(2, 1) - cell(1, 1) * cell(2, 0))
    );
  };
  return det(axis) / det(-1);
}
