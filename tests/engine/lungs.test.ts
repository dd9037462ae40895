// Lungs, measures, histograms and prepared data through the engine as published, in Node.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { createEngine } from '../../dist/npm/node.js';
import type { Engine, Mask, PrepareStep, Scan } from '../../dist/npm/node.js';
import { failure } from './failure.js';

let engine: Engine;
let scan: Scan;
let bones: Mask;

beforeAll(async () => {
  engine = await createEngine();
  const phantom = await engine.phantom({ sizeVoxel: [70, 50, 40], spacingMm: [5, 6, 8] });
  scan = phantom.scan;
  bones = phantom.truth.bones;
});
afterAll(() => engine.dispose());

test('a scan that is saved opens as it was', async () => {
  using opened = await engine.open(new File([await scan.toNifti()], 'scan.nii.gz'));
  expect(opened.info).toMatchObject({
    storedType: 'int16',
    heldAs: 'i16',
    sizeVoxel: scan.info.sizeVoxel,
    rasFromVoxel: scan.info.rasFromVoxel,
  });
  expect(await opened.slab(0, 40)).toEqual(await scan.slab(0, 40));
});

describe('what cannot be used is refused in words, and nothing open is lost', () => {
  const finer = (mm: number): PrepareStep => ({
    op: 'resample',
    spacingMm: [mm, mm, mm],
    interpolation: 'linear',
  });
  const wrong: readonly [string, string, () => Promise<unknown>][] = [
    ['an unknown parameter', 'bad_parameter', () => scan.segment('lungs', { huu: 3 } as never)],
    ['NaN', 'bad_parameter', () => scan.segment('lungs', { closeMm: Number.NaN })],
    [
      'options for parameters',
      'bad_parameter',
      () => scan.segment('lungs', { onProgress() {} } as never),
    ],
    ['no list of labels', 'bad_parameter', () => scan.measure(bones as never)],
    ['a label that is no mask', 'bad_parameter', () => scan.measure([{ name: 'a' } as never])],
    ['a label without a name', 'bad_parameter', () => scan.measure([{ mask: bones } as never])],
    ['a bin of nothing', 'bad_parameter', () => scan.histogram({ binHu: 0 })],
    ['a scan as a mask', 'bad_parameter', () => scan.histogram({ mask: scan as never })],
    ['no steps', 'bad_parameter', () => scan.prepare([])],
    ['steps that are none', 'bad_parameter', () => scan.prepare('crop' as never)],
    ['an unknown step', 'bad_parameter', () => scan.prepare([{ op: 'melt' } as never])],
    [
      'a step without its fields',
      'bad_parameter',
      () => scan.prepare([{ op: 'resample' } as never]),
    ],
    ['a grid beyond memory', 'too_large', () => scan.prepare([finer(0.1)])],
    ['a grid beyond all numbers', 'too_large', () => scan.prepare([finer(1e-200)])],
    [
      'a pad beyond memory',
      'too_large',
      () => scan.prepare([{ op: 'pad', sizeVoxel: [9999, 9999, 9999], value: 0 }]),
    ],
  ];
  test.each(wrong)('%s', async (_, code, call) => {
    const error = await failure(call());
    expect([error.code, error.message]).toEqual([code, expect.stringMatching(/\S{3,} \S/)]);
    expect(await scan.slab(0, 1)).toHaveLength(70 * 50);
  });

  test('a mask of another scan, of another engine, and one that was disposed of', async () => {
    const other = await engine.phantom({ sizeVoxel: [70, 50, 40], spacingMm: [5, 6, 7] });
    const { bones: foreign } = other.truth;
    const named = (mask: Mask) => [{ name: 'ribs', mask }];
    const calls = (mask: Mask): Promise<unknown>[] => [
      scan.measure(named(mask)),
      scan.histogram({ mask }),
      scan.prepare([{ op: 'crop', marginMm: 0 }], [mask]),
    ];
    for (const call of calls(foreign))
      expect(await failure(call)).toMatchObject({ code: 'bad_grid' });
    foreign.dispose();
    for (const call of calls(foreign))
      expect(await failure(call)).toMatchObject({ code: 'disposed' });
    other.scan.dispose();
    const elsewhere = await createEngine();
    const { truth } = await elsewhere.phantom({ sizeVoxel: [70, 50, 40], spacingMm: [5, 6, 8] });
    for (const call of calls(truth.bones)) {
      expect(await failure(call)).toMatchObject({
        code: 'bad_parameter',
        message: expect.stringContaining('another engine'),
      });
    }
    elsewhere.dispose();
  });
});
