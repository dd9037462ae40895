import { expect, it } from 'vitest';

import { PREPARE_DEFAULTS, stepsOf } from './prepare.js';

it('turns wishes into steps, the smaller box first', () => {
  expect(stepsOf(PREPARE_DEFAULTS)).toEqual([
    { op: 'resample', spacingMm: [1, 1, 1], interpolation: 'linear' },
  ]);
  expect(stepsOf({ ...PREPARE_DEFAULTS, spacingMm: null })).toEqual([]);
  const all = { values: 'unit', isCentred: true, marginMm: 5, interpolation: 'cubic' } as const;
  expect(stepsOf({ ...PREPARE_DEFAULTS, ...all })).toEqual([
    { op: 'crop', marginMm: 5 },
    { op: 'resample', spacingMm: [1, 1, 1], interpolation: 'cubic' },
    { op: 'normalise', minHu: -1000, maxHu: 400 },
    { op: 'zeroCentre' },
  ]);
  expect(stepsOf({ ...PREPARE_DEFAULTS, spacingMm: null, values: 'zScore' })).toEqual([
    { op: 'zScore' },
  ]);
});

it('pads after values are scaled, so that padding is in no mean', () => {
  const padded = { spacingMm: null, padTo: [512, 512, 1], axes: 'LPS' } as const;
  expect(stepsOf({ ...PREPARE_DEFAULTS, ...padded, values: 'zScore' })).toEqual([
    { op: 'zScore' },
    { op: 'pad', sizeVoxel: [512, 512, 1] },
    { op: 'reorient', axes: 'LPS' },
  ]);
  expect(stepsOf({ ...PREPARE_DEFAULTS, ...padded, padValue: -1000 })[0]).toEqual({
    op: 'pad',
    sizeVoxel: [512, 512, 1],
    value: -1000,
  });
});
