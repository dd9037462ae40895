// The engine as published, in Node, with the real core.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { createEngine } from '../../dist/npm/node.js';
import type { Engine, Mask, Scan } from '../../dist/npm/node.js';
import { failure } from './failure.js';

let engine: Engine;
let scan: Scan;
let bones: Mask;

const small = { sizeVoxel: [70, 50, 40], spacingMm: [5, 6, 8] } as const;
const threshold = { op: 'threshold', minHu: 200 } as const;

beforeAll(async () => {
  engine = await createEngine();
  const phantom = await engine.phantom(small);
  scan = phantom.scan;
  bones = phantom.truth.bones;
});
afterAll(() => engine.dispose());

test('it says what runs and why', () => {
  expect(engine.info).toMatchObject({
    build: 'single',
    threads: 1,
    reason: 'Node runs one thread',
  });
});

test('voxels come slice by slice, and slices beyond the last are not there', async () => {
  const [nx, ny, nz] = scan.info.sizeVoxel;
  expect(await scan.slab(3, 2)).toHaveLength(2 * nx * ny);
  expect(await scan.slab(nz - 1, 9)).toHaveLength(nx * ny);
  expect(await scan.slab(nz, 1)).toHaveLength(0);
});

test('bits, voxels and measures tell the same', async () => {
  const [nx, ny, nz] = scan.info.sizeVoxel;
  using mask = await scan.segment([threshold]);
  const [hu, bits] = [await scan.slab(0, nz), await mask.bits(0, nz)];
  const bytesPerRow = Math.ceil(nx / 64) * 8;
  let [inside, wrong] = [0, 0];
  for (const [i, value] of hu.entries()) {
    const [x, row] = [i % nx, Math.floor(i / nx)];
    const bit = ((bits[row * bytesPerRow + (x >> 3)] ?? 0) >> (x & 7)) & 1;
    inside += bit;
    wrong += bit === Number(value >= 200) ? 0 : 1;
  }
  expect(wrong).toBe(0);
  expect(bits).toHaveLength(bytesPerRow * ny * nz);
  expect(await mask.measure()).toMatchObject({ voxels: inside });
});

test('a saved mask opens as a scan on the same grid', async () => {
  const file = new File([await bones.toNifti()], 'bones.nii.gz');
  expect(await engine.inspect(file)).toMatchObject({ format: 'NIfTI-1', storedType: 'uint8' });
  using opened = await engine.open(file);
  expect(opened.info).toMatchObject({
    name: 'bones.nii.gz',
    sizeVoxel: scan.info.sizeVoxel,
    rasFromVoxel: scan.info.rasFromVoxel,
  });
  using again = await opened.segment([{ op: 'threshold', minHu: 1 }]);
  expect(await again.bits(0, 40)).toEqual(await bones.bits(0, 40));
});

test('a part goes out and comes back, and the mask follows', async () => {
  using result = await scan.segment('bones', { method: 'threshold', thresholdHu: 180 });
  const before = await result.mask.measure();
  const part = result.report.parts.find(({ kept }) => kept);
  if (!part) throw new Error('a phantom has bones');
  const report = await result.setPart(part.id, false);
  expect(report.voxels).toBeLessThan(before.voxels);
  expect(result.report).toBe(report);
  expect(await result.mask.measure()).toMatchObject({ voxels: report.voxels });
  await result.setPart(part.id, true);
  expect(await result.mask.measure()).toEqual(before);
});

test('progress names its stages and never passes 1', async () => {
  const reports: { stage: string; fraction: number }[] = [];
  using result = await scan.segment('bones', {}, { onProgress: (report) => reports.push(report) });
  expect(result.report.voxels).toBeGreaterThan(0);
  expect(reports[0]).toMatchObject({ stage: 'component curve' });
  for (const { stage, fraction } of reports) {
    expect(stage).not.toBe('');
    expect(fraction).toBeGreaterThanOrEqual(0);
    expect(fraction).toBeLessThanOrEqual(1);
  }
});

test('abort rejects at once with its reason, also while a file is still read', async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const stopped = scan.segment(
    'bones',
    {},
    { signal, onProgress: () => controller.abort('enough') },
  );
  await expect(stopped).rejects.toBe('enough');
  const file = new File([new Uint8Array(1000)], 'ct.nii');
  file.arrayBuffer = () => new Promise(() => undefined);
  const reading = new AbortController();
  const opened = engine.open(file, { signal: reading.signal });
  reading.abort('no more');
  await expect(opened).rejects.toBe('no more');
  expect((await engine.memory()).usedBytes).toBeGreaterThan(0);
});

describe('what cannot be used is refused in words, and nothing open is lost', () => {
  const wrong: readonly [string, string, () => Promise<unknown>][] = [
    ['an empty file', 'not_nifti', () => engine.open(new File([], 'a.nii'))],
    ['a picture', 'not_nifti', () => engine.open(new File(['\xff\xd8\xff\xe0JFIF'], 'a.nii'))],
    ['a name', 'bad_parameter', () => engine.open('a.nii' as never)],
    [
      'two empty files',
      'not_a_scan',
      () => engine.open([new File([], 'a.nii'), new File([], 'b.nii')]),
    ],
    ['an unknown recipe', 'bad_parameter', () => scan.segment('liver' as 'bones')],
    ['no recipe', 'bad_parameter', () => (scan.segment as () => Promise<unknown>)()],
    ['an empty recipe', 'bad_parameter', () => scan.segment([])],
    ['an unknown step', 'bad_parameter', () => scan.segment([{ op: 'melt' } as never])],
    ['no threshold first', 'bad_parameter', () => scan.segment([{ op: 'fill' }])],
    ['a big integer', 'bad_parameter', () => scan.segment('bones', { thresholdHu: 200n as never })],
    ['NaN', 'bad_parameter', () => scan.segment('bones', { thresholdHu: Number.NaN })],
    ['an unknown parameter', 'bad_parameter', () => scan.segment('bones', { huu: 3 } as never)],
    [
      'options for parameters',
      'bad_parameter',
      () => scan.segment('bones', { onProgress() {} } as never),
    ],
    ['a slice that is no number', 'bad_parameter', () => scan.slab('x' as never, 1)],
    ['a slice below 0', 'bad_parameter', () => bones.bits(-1, 1)],
    ['a neighbourhood of 7', 'bad_parameter', () => scan.curve({ neighbourhood: 7 as never })],
    ['a phantom without size', 'bad_grid', () => engine.phantom({ sizeVoxel: [0, 4, 4] })],
    [
      'a phantom beyond memory',
      'too_large',
      () => engine.phantom({ sizeVoxel: [1200, 1200, 1200] }),
    ],
  ];
  test.each(wrong)('%s', async (_, code, call) => {
    const error = await failure(call());
    expect([error.code, error.message]).toEqual([code, expect.stringMatching(/\S{3,} \S/)]);
    expect(await scan.slab(0, 1)).toHaveLength(70 * 50);
  });
});

test('a mask outlives its scan, and what was disposed of says so', async () => {
  const phantom = await engine.phantom({ ...small, seed: 2 });
  const mask = await phantom.scan.segment([threshold]);
  phantom.scan.dispose();
  phantom.scan.dispose();
  expect((await mask.measure()).voxels).toBeGreaterThan(0);
  expect(await failure(phantom.scan.slab(0, 1))).toMatchObject({ code: 'disposed' });
  mask.dispose();
  expect(await failure(mask.toNifti())).toMatchObject({ code: 'disposed' });
  phantom.truth.bones.dispose();
});

test('memory is given back: the same work again takes no more of it', async () => {
  const work = async (): Promise<number> => {
    const { scan: opened, truth } = await engine.phantom({ sizeVoxel: [128, 128, 64] });
    const result = await opened.segment('bones');
    result.dispose();
    truth.bones.dispose();
    opened.dispose();
    return (await engine.memory()).usedBytes;
  };
  const first = await work();
  await work();
  expect(await work()).toBe(first);
});

test('a disposed engine rejects what is pending and what comes after', async () => {
  const other = await createEngine();
  const pending = failure(other.phantom({}));
  other.dispose();
  expect(await pending).toMatchObject({ code: 'disposed' });
  expect(await failure(other.memory())).toMatchObject({ code: 'disposed' });
  expect(await scan.slab(0, 1)).toHaveLength(70 * 50);
});
