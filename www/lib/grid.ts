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
