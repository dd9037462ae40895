import { expect, test } from 'vitest';

import { preparedBytes } from './budget.js';
import type { ScanInfo } from './types.js';

const scan = {
  sizeVoxel: [100, 100, 100],
  spacingMm: [1, 1, 2],
  heldAs: 'i16',
  volumeBytes: 2e6,
} as unknown as ScanInfo;
const mask = 16 * 100 * 100;

test('of prepared data the dearest step counts, with what goes in and what comes out', () => {
  const finer = {
    op: 'resample',
    spacingMm: [0.5, 1, 1],
    interpolation: 'linear',
  } as const;
  const floats = { op: 'normalise', minHu: -1000, maxHu: 400 } as const;
  expect(preparedBytes(scan, [finer], 0)).toBe(8e6);
  expect(preparedBytes(scan, [floats], 0)).toBe(4e6);
  expect(preparedBytes(scan, [finer, floats], 0)).toBe(8e6 + 16e6);
  expect(preparedBytes(scan, [floats, finer], 1)).toBe(4e6 + 16e6 + mask + 32 * 100 * 200);
});

test('a crop counts as the whole, a pad at least as the scan', () => {
  const crop = { op: 'crop', marginMm: 5 } as const;
  const pad = { op: 'pad', sizeVoxel: [50, 200, 100], value: 0 } as const;
  expect(preparedBytes(scan, [crop], 1)).toBe(2e6 + 2 * mask);
  expect(preparedBytes(scan, [pad], 0)).toBe(4e6);
});

test('sizes that cannot be are left to the step, those that cannot fit are not', () => {
  const to = (mm: number) =>
    [{ op: 'resample', spacingMm: [mm, mm, mm], interpolation: 'nearest' }] as const;
  expect(preparedBytes(scan, to(1e-200), 0)).toBeGreaterThan(1e28);
  expect(preparedBytes(scan, to(0), 0)).toBe(2e6);
  expect(preparedBytes(scan, to(-1), 0)).toBe(2e6);
  expect(preparedBytes(scan, [{ op: 'resample' } as never, { op: 'pad' } as never], 0)).toBe(4e6);
});
