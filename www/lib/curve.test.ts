import type { ScanInfo } from 'hounsfield';
import { expect, it } from 'vitest';

import { curveCsv } from './csv.js';
import { isMade, rasOfVoxel, voxelMl } from './grid.js';

// A grid turned in the plane, 0.5 × 0.5 × 2 mm.
const TURNED = [0, -0.5, 0, 10, 0.5, 0, 0, 20, 0, 0, 2, 30];

it('a voxel has the volume of its grid, turned or not', () => {
  expect(voxelMl(TURNED)).toBeCloseTo(0.0005, 12);
});

it('voxels have places in the patient', () => {
  expect(rasOfVoxel(TURNED, [0, 0, 0])).toEqual([10, 20, 30]);
  expect(rasOfVoxel(TURNED, [2, 4, 1])).toEqual([8, 21, 32]);
});

it('a place in an interpolated slice is one', () => {
  const info = (axis: 'x' | 'y' | 'z'): ScanInfo =>
    ({
      rasFromVoxel: TURNED,
      facts: { stack: { axis, made: [1, 4] } },
    }) as unknown as ScanInfo;
  expect(isMade(info('z'), rasOfVoxel(TURNED, [7, 3, 4]))).toBe(true);
  expect(isMade(info('z'), rasOfVoxel(TURNED, [7, 3, 3]))).toBe(false);
  // Sagittal and coronal slices.
  expect(isMade(info('x'), rasOfVoxel(TURNED, [4, 3, 3]))).toBe(true);
  expect(isMade(info('x'), rasOfVoxel(TURNED, [3, 4, 4]))).toBe(false);
  expect(isMade(info('y'), rasOfVoxel(TURNED, [3, 1, 3]))).toBe(true);
});

it('the curve is a table with units in its head', () => {
  const curve = {
    firstHu: 150,
    neighbourhood: 26,
    components: [7, 5],
    voxels: [4000, 3000],
    largestVoxels: [2000, 1000],
  } as const;
  expect(curveCsv(curve, 0.001, '2 fails, 1 warning')).toBe(
    'threshold_hu,components,largest_ml,all_ml,ct_check\n150,7,2.000,4.000,2 fails; 1 warning\n151,5,1.000,3.000,2 fails; 1 warning\n',
  );
});

it('what the engine did not follow stays empty', () => {
  const curve = {
    firstHu: 150,
    neighbourhood: 6,
    components: [7],
    voxels: [4000],
    largestVoxels: [],
  } as const;
  expect(curveCsv(curve, 0.001, 'passed').split('\n')[1]).toBe('150,7,,4.000,passed');
});
