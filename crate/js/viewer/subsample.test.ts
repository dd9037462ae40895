import { expect, test } from 'vitest';

import { keptSlices, maskRowBytes, stepToFit, subsampleBits, subsampleSlab } from './subsample.js';

test('steps bring every axis within the limit', () => {
  expect(stepToFit([512, 512, 133], 2048)).toEqual([1, 1, 1]);
  expect(stepToFit([512, 512, 4097], 2048)).toEqual([1, 1, 3]);
});

test('slabs cut anywhere give each kept slice exactly once', () => {
  for (const step of [1, 2, 3]) {
    for (const thick of [1, 4, 5]) {
      const seen: number[] = [];
      for (let z0 = 0; z0 < 11; z0 += thick) {
        const [first, end] = keptSlices(z0, Math.min(thick, 11 - z0), step);
        for (let z = first; z < end; z++) seen.push(z);
      }
      expect(seen).toEqual(Array.from({ length: Math.ceil(11 / step) }, (_, z) => z));
    }
  }
});

test('the kept voxels are the first of each step', () => {
  const voxels = Int16Array.from({ length: 5 * 4 * 3 }, (_, at) => at + 20 * 3); // slices 3, 4, 5 of 5 × 4
  expect([...subsampleSlab(voxels, 5, 4, 3, 3, [2, 2, 2])]).toEqual([80, 82, 84, 90, 92, 94]); // slice 4, rows 0 and 2
});

const set = (x: number, y: number, z: number): number =>
  (x * 31 + y * 17 + z * 7) % 5 < 2 ? 1 : 0;

test('bits and voxels are thinned alike', () => {
  const [nx, ny] = [70, 6];
  const row = maskRowBytes(nx);
  const bits = new Uint8Array(row * ny * 4);
  const voxels = new Int16Array(nx * ny * 4);
  for (let z = 0; z < 4; z++)
    for (let y = 0; y < ny; y++)
      for (let x = 0; x < nx; x++) {
        voxels[(z * ny + y) * nx + x] = set(x, y, z + 1);
        const at = (z * ny + y) * row + (x >> 3);
        bits[at] = (bits[at] ?? 0) | (set(x, y, z + 1) << (x & 7));
      }
  for (const step of [
    [1, 1, 2],
    [2, 1, 1],
    [3, 2, 2],
  ] as const) {
    const thinVoxels = subsampleSlab(voxels, nx, ny, 1, 4, step);
    const thinBits = subsampleBits(bits, nx, ny, 1, 4, step);
    const mx = Math.ceil(nx / step[0]);
    const out = [...thinVoxels].map(
      (_, at) =>
        ((thinBits[Math.floor(at / mx) * maskRowBytes(mx) + ((at % mx) >> 3)] ?? 0) >>
          ((at % mx) & 7)) &
        1,
    );
    expect(out).toEqual([...thinVoxels]);
  }
});
