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

describe('lungs', () => {
  let chest: Scan;
  beforeAll(async () => {
    chest = (await engine.phantom({ sizeVoxel: [128, 96, 80], spacingMm: [3, 3.5, 4] })).scan;
  });

  test('left, right and airways are masks of their own, and the report counts their voxels', async () => {
    using result = await chest.segment('lungs');
    const { left, right, airways, report } = result;
    expect(report).toMatchObject({ found: true, borderHu: -450, params: { method: 'anatomy' } });
    expect(report.methods).toContain('450');
    for (const [mask, side] of [
      [left, report.left],
      [right, report.right],
      [airways, report.airways],
    ] as const) {
      expect(await mask?.measure()).toMatchObject({ voxels: side?.voxels });
      expect(side?.voxels).toBeGreaterThan(0);
    }
    const [a, b] = [await left.bits(0, 80), await right.bits(0, 80)];
    expect(a.some((bits, k) => (bits & (b[k] ?? 0)) !== 0)).toBe(false);
    const { rows, leftShare, notes } = await result.measure();
    expect(rows.map(({ name }) => name).slice(0, 3)).toEqual(['lungs', 'left lung', 'right lung']);
    expect(rows[1]).toMatchObject({ voxels: report.left.voxels });
    expect(leftShare).toBeCloseTo(report.leftShare ?? 0, 9);
    expect(notes.length).toBeGreaterThan(0);
  });

  test('one label map has left, right and airways, as NIfTI and as .seg.nrrd', async () => {
    using result = await chest.segment('lungs');
    const { left, right, airways } = result;
    const saved = [
      new File([await result.toNifti()], 'lungs.nii.gz'),
      new File([await result.toNrrd()], 'lungs.seg.nrrd'),
    ];
    for (const file of saved) {
      const found = await chest.openMasks(file);
      expect(found.map(({ label }) => label)).toEqual([1, 2, 3]);
      for (const [k, mask] of [left, right, airways].entries()) {
        expect(await found[k]?.mask.bits(0, 80)).toEqual(await mask?.bits(0, 80));
      }
      for (const { mask } of found) mask.dispose();
    }
    expect(await failure(result.toDicomSeg())).toMatchObject({ code: 'unsupported' });
  });

  test('airways stay in when they are asked to, and a mask outlives its scan', async () => {
    const { scan: own } = await engine.phantom({ sizeVoxel: [64, 48, 40], spacingMm: [6, 7, 8] });
    const result = await own.segment('lungs', { method: 'classical', airways: 'in' });
    expect(result.airways).toBeNull();
    expect(result.report).toMatchObject({ borderHu: -320, airways: null });
    own.dispose();
    expect((await result.measure()).rows[0]).toMatchObject({ name: 'lungs' });
    result.dispose();
    expect(await failure(result.measure())).toMatchObject({ code: 'disposed' });
  });

  test('abort rejects at once, and the engine is free again', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const onProgress = (): void => controller.abort('enough');
    await expect(chest.segment('lungs', {}, { signal, onProgress })).rejects.toBe('enough');
    expect(await chest.slab(0, 1)).toHaveLength(128 * 96);
  });
});

describe('measures', () => {
  test('a row for each label and one for all of them, from the same voxels', async () => {
    using soft = await scan.segment([{ op: 'threshold', minHu: 0, maxHu: 90 }]);
    const rows = await scan.measure([
      { name: 'bones', mask: bones },
      { name: 'soft', mask: soft },
    ]);
    expect(rows.map(({ name }) => name)).toEqual(['bones', 'soft', 'all']);
    const { voxels, volumeMl, meanHu, boxVoxel } = await bones.measure();
    expect(rows[0]).toMatchObject({ voxels, volumeMl, boxVoxel });
    expect(rows[0]?.meanHu).toBeCloseTo(meanHu ?? 0, 9);
    expect(rows[1]?.minHu).toBe(0);
    expect(rows[1]?.maxHu).toBe(90);
    expect(await scan.measure([])).toEqual([]);
  });

  test('a histogram counts every voxel once', async () => {
    const sum = (counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0);
    const { counts, paddingVoxels, firstHu, peaks } = await scan.histogram();
    expect(sum(counts) + paddingVoxels).toBe(70 * 50 * 40);
    const hu = await scan.slab(0, 40);
    const at = hu.filter((value) => value === 40).length;
    expect(counts[40 - firstHu]).toBe(at);
    expect(peaks.map(({ kind }) => kind)).toContain('air');
    const inside = await scan.histogram({ mask: bones, binHu: 10 });
    expect(inside.binHu).toBe(10);
    expect(sum(inside.counts)).toBe((await bones.measure()).voxels);
  });
});

describe('prepared data', () => {
  test('it is a scan of its own, with its masks, steps and values', async () => {
    const steps: PrepareStep[] = [
      { op: 'resample', spacingMm: [4, 4, 4] },
      { op: 'crop', marginMm: 10 },
      { op: 'normalise' },
    ];
    const { scan: made, masks } = await scan.prepare(steps, [bones]);
    expect(made.info).toMatchObject({ spacingMm: [4, 4, 4], heldAs: 'f32', name: 'phantom' });
    const { minHu, maxHu } = await made.intensity();
    expect([minHu, maxHu > 0.9 && maxHu <= 1]).toEqual([0, true]);
    const [mask] = masks;
    if (!mask) throw new Error('a mask for a mask');
    expect(mask.sizeVoxel).toEqual(made.info.sizeVoxel);
    const before = await bones.measure();
    // Ribs are thinner than these voxels, and the majority decides.
    const kept = (await mask.measure()).volumeMl / before.volumeMl;
    expect([kept > 0.8, kept < 1.1], String(kept)).toEqual([true, true]);
    using opened = await engine.open(new File([await made.toNifti()], 'prepared.nii.gz'));
    expect(opened.info).toMatchObject({
      storedType: 'float32',
      rasFromVoxel: made.info.rasFromVoxel,
    });
    // It goes on from what it is.
    const again = await made.prepare([{ op: 'pad', sizeVoxel: [99, 99, 99] }], masks);
    expect(again.scan.info.sizeVoxel.every((n) => n >= 99)).toBe(true);
    expect((await again.masks[0]?.measure())?.voxels).toBe((await mask.measure()).voxels);
    for (const each of [made, again.scan, ...masks, ...again.masks]) each.dispose();
  });

  test('steps can be stopped between them, and what was made is let go', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const steps = Array.from({ length: 6 }, (_, k) => ({
      op: 'resample' as const,
      spacingMm: [4 + k / 10, 4, 4] as const,
    }));
    const call = scan.prepare(steps, [bones], { signal, onProgress: () => controller.abort('no') });
    await expect(call).rejects.toBe('no');
    expect(await scan.slab(0, 1)).toHaveLength(70 * 50);
  });
});

describe('slices for training', () => {
  const labels = () => [{ name: 'bones', mask: bones, rgb: [255, 240, 200] as const }];

  test('an image and a mask for each slice, then manifest and map', async () => {
    const files: { name: string; bytes: Uint8Array }[] = [];
    const options = { caseId: 'a1', original: 'Jane Doe', labels: labels() };
    for await (const file of scan.slices(options)) files.push(file);
    expect(files).toHaveLength(2 * 40 + 2);
    expect(files.slice(0, 2).map(({ name }) => name)).toEqual([
      'images/a1_000.png',
      'masks/a1_000.png',
    ]);
    const text = (name: string): string =>
      new TextDecoder().decode(files.find((file) => file.name === name)?.bytes);
    const manifest = text('manifest.json');
    expect(JSON.parse(manifest)).toMatchObject({ format: 'hounsfield-dataset' });
    expect(manifest).not.toContain('Jane');
    expect(text('map.csv')).toContain('a1,Jane Doe');
  });

  test('the same as one zip, of another plane and format', async () => {
    const zip = await scan.toDataset({ plane: 'coronal', format: 'tiff16', labels: labels() });
    expect(zip.type).toBe('application/zip');
    const bytes = new Uint8Array(await zip.arrayBuffer());
    expect(bytes.slice(0, 2)).toEqual(Uint8Array.of(0x50, 0x4b));
    const text = new TextDecoder('latin1').decode(bytes);
    expect(text).toContain('images/case001_049.tif');
    expect(text).toContain('manifest.json');
    expect(text).not.toContain('map.csv');
  });

  test('who leaves the loop ends the work; who aborts, too', async () => {
    for await (const { name } of scan.slices()) {
      expect(name).toBe('images/case001_000.png');
      break;
    }
    const controller = new AbortController();
    const run = async (): Promise<void> => {
      for await (const { name } of scan.slices({ signal: controller.signal })) {
        if (name.includes('002')) controller.abort('enough');
      }
    };
    await expect(run()).rejects.toBe('enough');
    expect(await scan.slab(0, 1)).toHaveLength(70 * 50);
  });

  test('what no dataset can have is refused', async () => {
    const all = async (options: object): Promise<void> => {
      for await (const file of scan.slices(options)) expect(file.bytes.length).toBeGreaterThan(0);
    };
    for (const options of [
      { caseId: '../x' },
      { plane: 'oblique' },
      { format: 'gif' },
      { window: { centreHu: 0, widthHu: 0 } },
      { labels: [{ name: 3, mask: bones }] },
      { labels: [{ name: 'a', mask: bones, rgb: [300, 0, 0] }] },
    ]) {
      expect(await failure(all(options)), JSON.stringify(options)).toMatchObject({
        code: 'bad_parameter',
      });
    }
  });
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
