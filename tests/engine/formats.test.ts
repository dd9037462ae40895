// Other formats than NIfTI through the engine as published, in Node.

import { afterAll, beforeAll, expect, test } from 'vitest';

import { HounsfieldError, createEngine } from '../../dist/npm/node.js';
import type { Engine, Mask, OpenOptions } from '../../dist/npm/node.js';
import { closestRas, dicomSeries, nrrd, png, zip, type Made, type Series } from './build.js';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());

const file = ({ name, bytes }: Made): File => new File([bytes as BlobPart], name);

/** 20 slices; every voxel tells where it is. */
const series: Series = {
  size: [6, 5, 20],
  spacingMm: [0.5, 0.75, 2],
  hu: (x, y, z) => 40 * z + 6 * y + x - 100,
};

async function failure(call: Promise<unknown>): Promise<HounsfieldError> {
  const error: unknown = await call.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(HounsfieldError);
  return error as HounsfieldError;
}

test('a zip with shuffled slices is listed without a person, and opens to the right voxels', async () => {
  const archive = new File([zip(dicomSeries(series)) as BlobPart], 'portal.zip');
  using listing = await engine.list(archive);
  expect(listing.series).toMatchObject([
    { id: '1', format: 'DICOM', modality: 'CT', files: 20, sizeVoxel: [6, 5, 20] },
  ]);
  expect(listing.suggested).toBe('1');
  expect(JSON.stringify(listing)).not.toMatch(/Nobody|SECRET/);
  using scan = await listing.open();
  expect(scan.info).toMatchObject({
    format: 'DICOM',
    sizeVoxel: [6, 5, 20],
    spacingMm: [0.5, 0.75, 2],
  });
  expect([...(await scan.slab(0, 20))]).toEqual(closestRas(series));
  // And once more: the listing stays.
  using again = await listing.open();
  expect(await again.slab(3, 1)).toEqual(await scan.slab(3, 1));
});

test('files are opened at once, and what opening gives is known before', async () => {
  const files = dicomSeries(series).map(file);
  const info = await engine.inspect(files);
  expect(info.volumeBytes).toBe(2 * 6 * 5 * 20);
  expect(info.peakBytes).toBeGreaterThan(info.volumeBytes);
  const stages = new Map<string, number>();
  let before = 0;
  using scan = await engine.open(files, {
    onProgress: ({ stage, fraction }) => {
      stages.set(stage, fraction);
      expect(fraction).toBeGreaterThanOrEqual(before);
      before = fraction;
    },
  });
  expect([...stages.keys()]).toEqual(['listing', 'reading']);
  expect({ ...scan.info, name: '' }).toEqual({ ...info, name: '' });
  const items = await scan.check();
  expect(items.every(({ message }) => message !== '')).toBe(true);
});

test('a slice that is cut off is left out and named in the listing, and the rest opens', async () => {
  const made = dicomSeries(series);
  const bad = made[4] as Made;
  made[4] = { ...bad, bytes: bad.bytes.subarray(0, bad.bytes.length - 20) };
  using listing = await engine.list(made.map(file));
  expect(listing.leftOut).toMatchObject([{ count: 1, names: ['IM0004'] }]);
  using scan = await listing.open();
  expect(scan.info.facts.stack).toMatchObject({ found: 19, missing: 0, broken: 1 });
});

test('a slice that cannot be decoded is left out and named, and the rest opens', async () => {
  const frame = Uint8Array.from([0xff, 0xd8, 0xff, 0xc3, 1, 2, 3, 4]);
  const jpeg = { syntax: '1.2.840.10008.1.2.4.70', frame };
  const files = dicomSeries(series, (z) => (z === 13 ? jpeg : undefined)).map(file);
  using scan = await engine.open(files);
  expect(scan.info.facts.stack).toMatchObject({ found: 20, broken: 1 });
  const words = scan.info.notes.map(({ message }) => message).join();
  expect(words).toMatch(/is broken.*IM00/);
  const [whole, holed] = [closestRas(series), [...(await scan.slab(0, 20))]];
  const wrong = whole.filter((value, i) => value !== holed[i]);
  expect(wrong).toHaveLength(30);
});

test('a missing slice is left empty, or made on request and marked', async () => {
  const made = dicomSeries(series).filter(({ bytes }) => !isSlice(bytes, 10));
  expect(made).toHaveLength(19);
  using left = await engine.open(made.map(file));
  expect(left.info.facts.stack).toMatchObject({ missing: 1, made: [] });
  using filled = await engine.open(made.map(file), { gaps: 'interpolate' });
  expect(filled.info.facts.stack).toMatchObject({ missing: 1, made: [10] });
  expect([...(await filled.slab(0, 20))]).toEqual(closestRas(series));
  expect([...(await left.slab(10, 1))]).not.toEqual([...(await filled.slab(10, 1))]);
});

test('two series are listed, and each opens by its name', async () => {
  const other: Series = { ...series, size: [4, 4, 3], uid: '1.2.4' };
  const files = [...dicomSeries(series), ...dicomSeries(other)].map(file);
  using listing = await engine.list(files);
  const sizes = listing.series.map(({ sizeVoxel }) => sizeVoxel.join());
  expect(new Set(sizes)).toEqual(new Set(['4,4,3', '6,5,20']));
  const small = listing.series.find(({ files: count }) => count === 3);
  using scan = await listing.open({ series: small?.id });
  expect(scan.info.sizeVoxel).toEqual([4, 4, 3]);
  expect(await failure(listing.open({ series: '9' }))).toMatchObject({ code: 'bad_parameter' });
  listing.dispose();
  expect(await failure(listing.open())).toMatchObject({ code: 'disposed' });
});

test('descriptions are read in their character set', async () => {
  const bytes = (latin1: string): Uint8Array =>
    Uint8Array.from(latin1, (letter) => letter.charCodeAt(0));
  for (const [charset, stored, title] of [
    ['ISO_IR 100', 'Sch\xe4del ', 'Schädel'],
    ['ISO_IR 144', '\xbb\xd5\xd3\xda\xd8\xd5', 'Легкие'],
    ['\\ISO 2022 IR 87', '\x1b$B;3ED\x1b(B ', '山田'],
    ['GB18030', '\xcd\xf5', '王'],
  ] as const) {
    const described = { ...series, description: { charset, bytes: bytes(stored) } };
    using listing = await engine.list(dicomSeries(described).map(file));
    expect(listing.series.map((one) => one.title)).toEqual([title]);
  }
});

test('NRRD, and a NIfTI file in a zip', async () => {
  const values = Int16Array.from({ length: 24 }, (_, i) => 10 * i);
  const volume = file({ name: 'ct.nrrd', bytes: nrrd([2, 3, 4], [1, 2, 3], values) });
  using scan = await engine.open(volume);
  expect(scan.info).toMatchObject({ format: 'NRRD', sizeVoxel: [2, 3, 4], spacingMm: [1, 2, 3] });
  using mask = await scan.segment([{ op: 'threshold', minHu: 0 }]);
  const saved = { name: 'in/mask.nii.gz', bytes: await mask.toNifti() };
  using inside = await engine.open(new File([zip([saved]) as BlobPart], 'a.zip'));
  expect(inside.info).toMatchObject({ format: 'NIfTI-1', sizeVoxel: [2, 3, 4] });
});

test('a listing says beforehand what options change', async () => {
  const pages = [1, 2, 4].map((z) => ({ name: `slice${z}.png`, bytes: png(4, 3, 8, () => z) }));
  using listing = await engine.list(pages.map(file));
  const codes = async (options: OpenOptions) => {
    const { notes, facts } = await listing.inspect(options);
    return [notes.map(({ code }) => code), facts.stack?.made];
  };
  expect(await codes({})).toEqual([expect.arrayContaining(['spacing_assumed']), []]);
  expect(await codes({ spacingMm: [1, 1, 2], turnOver: true, gaps: 'interpolate' })).toEqual([
    expect.arrayContaining(['spacing_given', 'turned_over']),
    [1],
  ]);
});

test('a picked set of pictures is a stack with a spacing that the caller states', async () => {
  const pages = [3, 1, 2].map((z) => ({
    name: `slice${z}.png`,
    bytes: png(4, 3, 16, (x, y) => 1000 * z + 10 * y + x),
  }));
  using scan = await engine.open(pages.map(file), { spacingMm: [1, 1, 2] });
  expect(scan.info).toMatchObject({ sizeVoxel: [4, 3, 3], spacingMm: [1, 1, 2] });
  expect(scan.info.facts.units).toBe('grey');
});

test('masks come from files of labels, each label one', async () => {
  using scan = await engine.open(dicomSeries(series).map(file));
  const values = new Int16Array(6 * 5 * 20);
  values[0] = 2;
  values[7] = 5;
  values[8] = 5;
  const labels = nrrd([6, 5, 20], [0.5, 0.75, 2], values);
  const placed = new TextDecoder('latin1').decode(labels).replace('(0,0,0)', '(-10,-20,-100)');
  const bytes = Uint8Array.from(placed, (letter) => letter.charCodeAt(0));
  const masks = await scan.openMasks(file({ name: 'labels.nrrd', bytes }));
  expect(masks.map(({ label }) => label)).toEqual([2, 5]);
  expect(masks.flatMap(({ notes }) => notes)).toEqual([]);
  const measures = await Promise.all(masks.map(({ mask }) => mask.measure()));
  expect(measures.map(({ voxels }) => voxels)).toEqual([1, 2]);
});

test('each colour of pictures is a mask, and their stack can be turned over', async () => {
  const grey = (z: number) => ({ name: `slice${z}.png`, bytes: png(3, 2, 8, () => 10 * z) });
  using scan = await engine.open([1, 2, 3].map(grey).map(file));
  // Red in the first, blue in the first two.
  const colours = (z: number) => ({
    name: `mask${z}.png`,
    bytes: png(3, 2, 24, (x) => (x === 0 && z === 1 ? 0xc80000 : x === 1 && z < 3 ? 0xff : 0)),
  });
  const open = async (turnOver: boolean) => {
    const found = await scan.openMasks([1, 2, 3].map(colours).map(file), { turnOver });
    const slices = async (mask: Mask) => {
      const used = [0, 1, 2].map(async (z) => (await mask.bits(z, 1)).some((byte) => byte > 0));
      return Promise.all(used);
    };
    return Promise.all(
      found.map(async ({ label, colour, mask }) => [label, colour, await slices(mask)]),
    );
  };
  expect(await open(false)).toEqual([
    [1, '#0000ff', [true, true, false]],
    [2, '#c80000', [true, false, false]],
  ]);
  expect(await open(true)).toEqual([
    [1, '#0000ff', [false, true, true]],
    [2, '#c80000', [false, false, true]],
  ]);
});

test('of several files of labels all that fit are laid on the scan, and what is wrong is said', async () => {
  using scan = await engine.open(dicomSeries(series).map(file));
  const labels = (size: Series['size'], label: number): Uint8Array => {
    const values = new Int16Array(size[0] * size[1] * size[2]);
    values[3] = label;
    return nrrd(size, [0.5, 0.75, 2], values);
  };
  const placed = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => {
    const text = new TextDecoder('latin1').decode(bytes).replace('(0,0,0)', '(-10,-20,-100)');
    return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  };
  const found = await scan.openMasks([
    file({ name: 'bone.nrrd', bytes: placed(labels([6, 5, 20], 1)) }),
    file({ name: 'lung.nrrd', bytes: placed(labels([6, 5, 20], 4)) }),
    file({ name: 'other.nrrd', bytes: placed(labels([6, 5, 19], 7)) }),
    file({ name: 'elsewhere.nrrd', bytes: labels([6, 5, 20], 9) }),
  ]);
  const laid = new Map(found.map(({ source, label }) => [source, label]));
  expect(laid).toEqual(
    new Map([
      ['bone.nrrd', 1],
      ['lung.nrrd', 4],
    ]),
  );
  for (const { notes } of found) {
    const said = notes.map(({ message }) => message).join(' ');
    expect(said).toContain('other.nrrd has 6 × 5 × 19 voxels');
    expect(said).toContain('elsewhere.nrrd: ');
  }
});

test('a mask goes out as NRRD and comes back', async () => {
  using scan = await engine.open(dicomSeries(series).map(file));
  using mask = await scan.segment([{ op: 'threshold', minHu: 400 }]);
  const saved = await mask.toNrrd({ anatomy: 'bone' });
  expect(new TextDecoder().decode(saved.subarray(0, 4))).toBe('NRRD');
  const [back] = await scan.openMasks(file({ name: 'mask.seg.nrrd', bytes: saved }));
  expect(await back?.mask.bits(0, 20)).toEqual(await mask.bits(0, 20));
});

test('a mask goes out as DICOM SEG, with what its source says; only of a scan that came as DICOM', async () => {
  using scan = await engine.open(dicomSeries(series).map(file));
  using mask = await scan.segment([{ op: 'threshold', minHu: 400 }]);
  const stages = new Set<string>();
  const seg = await mask.toDicomSeg({
    anatomy: 'bone',
    name: 'Skeleton',
    onProgress: ({ stage }) => stages.add(stage),
  });
  const text = new TextDecoder('latin1').decode(seg);
  expect(text.slice(128, 132)).toBe('DICM');
  for (const words of ['Skeleton', 'Nobody^Knows', '1.2.3.9001', '272673000']) {
    expect(text).toContain(words);
  }
  expect([...stages]).toEqual(['writing']);
  const phantom = await engine.phantom({ sizeVoxel: [30, 30, 20] });
  expect(await failure(phantom.truth.bones.toDicomSeg())).toMatchObject({ code: 'unsupported' });
});

test('abort ends the reading at once, and the engine and the listing live on', async () => {
  using listing = await engine.list(dicomSeries(series).map(file));
  const controller = new AbortController();
  const reading = listing.open({
    signal: controller.signal,
    onProgress: () => controller.abort('enough'),
  });
  await expect(reading).rejects.toBe('enough');
  using scan = await listing.open();
  expect(await scan.slab(0, 1)).toHaveLength(30);
});

test('a listing ends with its engine', async () => {
  const other = await createEngine();
  const listing = await other.list(dicomSeries(series).map(file));
  other.dispose();
  expect(await failure(listing.open())).toMatchObject({ code: 'disposed' });
});

test('what cannot be opened is told in words', async () => {
  using listing = await engine.list([
    file({ name: 'letter.txt', bytes: Uint8Array.from([72, 105]) }),
  ]);
  expect(listing).toMatchObject({ series: [], suggested: null });
  expect(listing.leftOut).toMatchObject([{ count: 1, names: ['letter.txt'] }]);
  expect((await failure(listing.open())).message).toMatch(/\S{3,} \S/);
});

/** By its Instance Number, which the builder counts down from 1000. */
function isSlice(bytes: Uint8Array, z: number): boolean {
  return new TextDecoder('latin1').decode(bytes).includes(`IS\x04\0${1000 - z} `);
}
