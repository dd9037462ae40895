// Surfaces through the engine as published, in Node: arrays, files, and what cannot be drawn.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { createEngine } from '../../dist/npm/node.js';
import type { Engine, Mask, Scan, Surface, SurfaceFormat, Triple } from '../../dist/npm/node.js';
import { nifti } from './build.js';
import { failure } from './failure.js';

const FORMATS: readonly SurfaceFormat[] = ['stl', 'obj', 'ply', 'glb', '3mf'];

let engine: Engine;
let scan: Scan;
let bones: Mask;

beforeAll(async () => {
  engine = await createEngine();
  const phantom = await engine.phantom({ sizeVoxel: [90, 70, 60], spacingMm: [4, 4.5, 5] });
  scan = phantom.scan;
  bones = phantom.truth.bones;
});
afterAll(() => engine.dispose());

/** A scan whose HU are 100 where `inside` says so, else 0. */
async function drawn(
  size: Triple,
  inside: (x: number, y: number, z: number) => boolean,
  affine: readonly (readonly number[])[] = [
    [1, 0, 0, 0],
    [0, 1, 0, 0],
    [0, 0, 1, 0],
  ],
): Promise<Scan> {
  const [nx, ny, nz] = size;
  const values = new Int16Array(nx * ny * nz);
  for (let at = 0; at < values.length; at++) {
    const [x, y, z] = [at % nx, Math.floor(at / nx) % ny, Math.floor(at / nx / ny)];
    values[at] = inside(x, y, z) ? 100 : 0;
  }
  return engine.open(new File([nifti(size, affine, values) as BlobPart], 'drawn.nii'));
}

const half = [{ op: 'threshold', minHu: 50 }] as const;

test('arrays and numbers are of one surface, and the arrays belong to the caller', async () => {
  using surface = await bones.surface({ capBorder: true, name: 'bone', rgb: [1, 2, 255] });
  const { info } = surface;
  expect(info).toMatchObject({ name: 'bone', rgb: [1, 2, 255], isClosed: true, notes: [] });
  expect(info.ctCheck).toMatch(/^CT check: /);
  expect(info).not.toHaveProperty('deviationMm');
  const { positionsRasMm, normals, indices } = await surface.mesh();
  expect(positionsRasMm).toHaveLength(3 * info.vertices);
  expect(normals).toHaveLength(3 * info.vertices);
  expect(indices).toHaveLength(3 * info.triangles);
  const at = (vertex: number): number[] => [...positionsRasMm.subarray(3 * vertex, 3 * vertex + 3)];
  let [volume, area] = [0, 0];
  for (let k = 0; k < indices.length; k += 3) {
    const [a = [], b = [], c = []] = [...indices.subarray(k, k + 3)].map(at);
    const [ux, uy, uz] = b.map((mm, axis) => mm - (a[axis] ?? 0)) as [number, number, number];
    const [vx, vy, vz] = c.map((mm, axis) => mm - (a[axis] ?? 0)) as [number, number, number];
    const normal = [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
    area += Math.hypot(...normal) / 2;
    volume += normal.reduce((sum, n, axis) => sum + n * (a[axis] ?? 0), 0) / 6;
  }
  expect(area).toBeCloseTo(info.areaMm2, 0);
  expect(volume / 1000).toBeCloseTo(info.volumeMl ?? 0, 1);
  const { volumeMl } = await bones.measure();
  expect(Math.abs((info.volumeMl ?? 0) / volumeMl - 1)).toBeLessThan(0.1);
  for (const axis of [0, 1, 2] as const) {
    const along = positionsRasMm.filter((_, k) => k % 3 === axis);
    expect(along.reduce((a, b) => Math.min(a, b))).toBeCloseTo(info.boundsRasMm.min[axis], 3);
    expect(along.reduce((a, b) => Math.max(a, b))).toBeCloseTo(info.boundsRasMm.max[axis], 3);
  }
  positionsRasMm.fill(0);
  expect((await surface.mesh()).positionsRasMm.some((mm) => mm !== 0)).toBe(true);
});

test('an estimate is what comes, and a level draws a scan without a mask', async () => {
  const estimate = await bones.estimateSurface({ capBorder: true });
  using surface = await bones.surface({ capBorder: true });
  const { triangles, vertices } = surface.info;
  expect(estimate).toEqual({ triangles, vertices, bytes: 12 * (triangles + vertices) });
  using level = await scan.surface({ levelHu: 300, capBorder: true });
  expect(level.info).toMatchObject({ isClosed: true });
  expect(await scan.estimateSurface({ levelHu: 300, capBorder: true })).toMatchObject({
    triangles: level.info.triangles,
  });
  using open = await scan.surface({ levelHu: -500 });
  expect(open.info).toMatchObject({ isClosed: false, volumeMl: null });
  expect(open.info.notes.join()).toContain('capBorder');
});

test('HU and smoothing take the stairs away; the largest part can stand alone', async () => {
  using stairs = await bones.surface({ capBorder: true });
  using smooth = await bones.surface({ capBorder: true, smoothByHu: true, smoothing: 10 });
  expect(smooth.info.areaMm2).toBeLessThan(0.97 * stairs.info.areaMm2);
  using largest = await bones.surface({ capBorder: true, keepLargest: true });
  expect(stairs.info.parts).toBeGreaterThan(1);
  expect(largest.info.parts).toBe(1);
});

test('fewer triangles are a new surface that says how far it is from the old one', async () => {
  using whole = await bones.surface({ capBorder: true, smoothing: 5 });
  const target = Math.floor(whole.info.triangles / 5);
  using coarse = await whole.simplify({ targetTriangles: target });
  expect(coarse.info.isClosed).toBe(true);
  expect(coarse.info.triangles).toBeLessThan(1.05 * target);
  expect(coarse.info.deviationMm).toBeGreaterThan(0);
  expect(coarse.info.deviationMm).toBeLessThan(5);
  expect((await coarse.mesh()).indices).toHaveLength(3 * coarse.info.triangles);
  using near = await whole.simplify({ toleranceMm: 0.5 });
  expect(near.info.triangles).toBeLessThan(whole.info.triangles);
  expect(near.info.deviationMm).toBeLessThanOrEqual(0.5);
  using at = await bones.surface({ capBorder: true, smoothing: 5, targetTriangles: target });
  expect(at.info).toEqual(coarse.info);
  using again = await coarse.simplify({ targetTriangles: Math.floor(target / 2) });
  expect(again.info.deviationMm).toBeGreaterThan(coarse.info.deviationMm ?? 0);
});

describe('files', () => {
  let parts: readonly Surface[];
  beforeAll(async () => {
    parts = [
      await bones.surface({ capBorder: true, name: 'bone' }),
      await scan.surface({ levelHu: -300, capBorder: true, name: 'skin & all', rgb: [9, 80, 200] }),
    ];
  });

  test.each(FORMATS)('%s comes back with all parts', async (format) => {
    const file = new File([await engine.encodeSurfaces(parts, format)], `two.${format}`);
    const back = await engine.openSurfaces(file);
    const sum = (surfaces: readonly Surface[], of: 'areaMm2' | 'triangles'): number =>
      surfaces.reduce((total, { info }) => total + info[of], 0);
    // In an STL all parts are one: where both meet the scan's border, they touch.
    if (format !== 'stl') expect(back.every(({ info }) => info.isClosed)).toBe(true);
    expect(sum(back, 'triangles')).toBe(sum(parts, 'triangles'));
    expect(sum(back, 'areaMm2') / sum(parts, 'areaMm2')).toBeCloseTo(1, 6);
    expect(back.map(({ info }) => info.name)).toEqual(
      { stl: ['two'], obj: ['bone', 'skin_&_all'], ply: ['bone', 'skin_&_all'] }[
        format as string
      ] ?? ['bone', 'skin & all'],
    );
    if (format !== 'stl' && format !== 'obj') expect(back[1]?.info.rgb).toEqual([9, 80, 200]);
    for (const each of back) each.dispose();
  });

  test('one surface alone is the same file', async () => {
    const [first] = parts;
    if (!first) throw new Error('two were made');
    const [alone, among] = [await first.encode('ply'), await engine.encodeSurfaces([first], 'ply')];
    expect(Buffer.compare(alone, among)).toBe(0);
  });

  test('files of other programs', async () => {
    const square = 'v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\n';
    const ply = (head: string): string =>
      `ply\nformat ascii 1.0\nelement vertex 3\n${head}\nelement face 1\nproperty list uchar int vertex_index\nend_header\n`;
    const files: readonly [string, string, number][] = [
      ['groups.obj', `${square}g a\nf 1 2 3\ng b\nf -4 -2 -1\n`, 2],
      ['quad.obj', `${square}f 1/1 2/2 3/3 4/4\n`, 1],
      [
        'text.stl',
        'solid a\nfacet\nvertex 0 0 0\nvertex 1 0 0\nvertex 0 1 0\nendfacet\nendsolid\n',
        1,
      ],
      [
        'text.ply',
        `${ply('property double x\nproperty double y\nproperty double z')}0 0 0\n1 0 0\n0 1 0\n3 0 1 2\n`,
        1,
      ],
    ];
    for (const [name, text, count] of files) {
      const back = await engine.openSurfaces(new File([text], name));
      expect([name, back.length]).toEqual([name, count]);
      const area = back.reduce((sum, { info }) => sum + info.areaMm2, 0);
      expect(area).toBeCloseTo(name.endsWith('.obj') ? 1 : 0.5, 6);
      expect(back.every(({ info }) => info.ctCheck === '')).toBe(true);
      for (const each of back) each.dispose();
    }
  });

  test('what is none is refused in words', async () => {
    const open = (bytes: string, name: string): Promise<unknown> =>
      engine.openSurfaces(new File([bytes], name));
    expect(await failure(open('', 'a.stl'))).toMatchObject({ code: 'unsupported' });
    expect(await failure(open('ply\n', 'a.ply'))).toMatchObject({ code: 'damaged' });
    expect(await failure(open('glTF\x02\0\0\0', 'a.glb'))).toMatchObject({ code: 'damaged' });
    expect(await failure(open('PK\x03\x04', 'a.3mf'))).toMatchObject({ code: 'damaged' });
    expect(await failure(open('v 1 2 3\nf 1 2 9', 'a.obj'))).toMatchObject({ code: 'damaged' });
    const cases: readonly [string, Promise<unknown>][] = [
      ['a name', engine.openSurfaces('a.stl' as never)],
      ['no surfaces', engine.encodeSurfaces([], 'stl')],
      ['a scan', engine.encodeSurfaces([scan as never], 'stl')],
      ['another format', engine.encodeSurfaces(parts, 'dae' as never)],
    ];
    for (const [what, call] of cases) {
      expect([what, (await failure(call)).code]).toEqual([what, 'bad_parameter']);
    }
  });
});

describe('what cannot be drawn, and what nearly cannot', () => {
  const cube = (low: number, high: number) => (x: number, y: number, z: number) =>
    [x, y, z].every((k) => k >= low && k < high);

  async function surfaceOf(of: Scan, options = {}): Promise<Surface> {
    using mask = await of.segment(half);
    return mask.surface(options);
  }

  test('an empty mask', async () => {
    using empty = await drawn([4, 4, 4], () => false);
    const error = await failure(surfaceOf(empty));
    expect(error).toMatchObject({
      code: 'bad_parameter',
      message: expect.stringMatching(/nothing to draw/),
    });
  });

  test('a full mask', async () => {
    using full = await drawn([4, 4, 4], () => true);
    expect(await failure(surfaceOf(full))).toMatchObject({
      code: 'bad_parameter',
      message: expect.stringMatching(/capBorder/),
    });
    using box = await surfaceOf(full, { capBorder: true });
    expect(box.info).toMatchObject({ isClosed: true, parts: 1 });
  });

  test('one voxel', async () => {
    using one = await drawn([3, 3, 3], cube(1, 2));
    using surface = await surfaceOf(one);
    expect(surface.info).toMatchObject({ triangles: 8, vertices: 6, isClosed: true });
  });

  test('a mask on all six borders', async () => {
    const inside = (x: number, y: number, z: number) => [x, y, z].filter((k) => k === 3).length > 1;
    using cross = await drawn([7, 7, 7], inside);
    using open = await surfaceOf(cross);
    expect(open.info).toMatchObject({ isClosed: false, volumeMl: null, parts: 1 });
    using closed = await surfaceOf(cross, { capBorder: true });
    expect(closed.info).toMatchObject({ isClosed: true, parts: 1 });
    expect(closed.info.volumeMl).toBeGreaterThan(0);
  });

  test('two slices', async () => {
    using flat = await drawn([6, 6, 2], (x, y) => x > 1 && x < 4 && y > 1 && y < 4);
    using surface = await surfaceOf(flat, { capBorder: true });
    expect(surface.info.isClosed).toBe(true);
    using open = await surfaceOf(flat);
    expect(open.info.isClosed).toBe(false);
  });

  test.each([
    ['left-handed', [-1, 0, 0], [0, 1, 0], [0, 0, 2]],
    ['turned and mirrored', [0, 0, -2], [1, 0, 0], [0, 1, 0]],
    ['sheared', [1, 0, 0.6], [0, 1, 0.4], [0, 0, 2]],
  ])('a %s affine: triangles face outwards all the same', async (_, ...rows) => {
    const affine = rows.map((row, k) => [...row, 10 * k]);
    using turned = await drawn([8, 8, 8], cube(2, 6), affine);
    using surface = await surfaceOf(turned);
    // The faces of 64 voxels of 2 mm³, with edges and corners cut.
    expect(surface.info.volumeMl).toBeGreaterThan(0.1);
    expect(surface.info.volumeMl).toBeLessThan(0.128);
  });

  test('a singular affine is refused at the door, or read with its spacing', async () => {
    const flat = [
      [1, 1, 0, 0],
      [1, 1, 0, 0],
      [0, 0, 1, 0],
    ];
    const opened = drawn([8, 8, 8], cube(2, 6), flat);
    const said = await opened.then(
      async (scanned) => {
        using surface = await surfaceOf(scanned);
        scanned.dispose();
        return surface.info.volumeMl ?? 0;
      },
      (error: { code: string }) => error.code,
    );
    expect(typeof said === 'number' ? said > 0 : ['bad_grid', 'bad_header'].includes(said)).toBe(
      true,
    );
  });

  test('100 million triangles are refused with their number, before anything is made', async () => {
    // Every voxel's neighbours are on the other side.
    using checked = await drawn([296, 296, 296], (x, y, z) => (x + y + z) % 2 === 0);
    using mask = await checked.segment(half);
    const estimate = await mask.estimateSurface();
    expect(estimate.triangles).toBeGreaterThan(100e6);
    const before = (await engine.memory()).usedBytes;
    const error = await failure(mask.surface({ targetTriangles: 1000 }));
    expect(error.code).toBe('bad_parameter');
    expect(error.message).toContain(String(estimate.triangles));
    expect(error.message).toMatch(/resample/);
    expect((await engine.memory()).usedBytes - before).toBeLessThan(50e6);
  });

  const wrong: readonly [string, () => Promise<unknown>][] = [
    ['no level for a scan', () => scan.surface({} as never)],
    ['a level for a mask', () => bones.surface({ levelHu: 300 })],
    ['a level that is NaN', () => scan.surface({ levelHu: Number.NaN })],
    ['a negative tolerance', () => bones.surface({ toleranceMm: -1 })],
    ['too much smoothing', () => bones.surface({ smoothing: 1001 })],
    ['half an iteration', () => bones.surface({ smoothing: 0.5 })],
    ['an unknown option', () => bones.surface({ colour: 3 } as never)],
    ['a colour that is none', () => bones.surface({ rgb: [1, 2, 256] })],
    ['a name that is none', () => bones.surface({ name: 3 as never })],
    ['options that are none', () => bones.surface('smooth' as never)],
  ];
  test.each(wrong)('%s', async (_, call) => {
    const error = await failure(call());
    expect([error.code, error.message]).toEqual([
      'bad_parameter',
      expect.stringMatching(/\S{3,} \S/),
    ]);
  });

  test('simplifying to nothing in particular', async () => {
    using surface = await bones.surface();
    for (const options of [
      {},
      { toleranceMm: 0 },
      { targetTriangles: -4 },
      { targetTriangles: '9' },
    ]) {
      const error = await failure(surface.simplify(options as never));
      expect(error.code).toBe('bad_parameter');
    }
  });
});

test('a surface outlives its mask, says when it was disposed of, and gives its memory back', async () => {
  const work = async (): Promise<number> => {
    const phantom = await engine.phantom({ sizeVoxel: [128, 128, 64] });
    const surface = await phantom.truth.bones.surface({ smoothing: 3, targetTriangles: 20_000 });
    phantom.truth.bones.dispose();
    phantom.scan.dispose();
    expect((await surface.mesh()).indices.length).toBe(3 * surface.info.triangles);
    surface.dispose();
    expect(await failure(surface.mesh())).toMatchObject({ code: 'disposed' });
    return (await engine.memory()).usedBytes;
  };
  const first = await work();
  await work();
  expect(await work()).toBe(first);
});

test('progress names its stages and never passes 1; abort rejects at once', async () => {
  const reports: { stage: string; fraction: number }[] = [];
  const onProgress = (report: { stage: string; fraction: number }): void => {
    reports.push(report);
  };
  using surface = await bones.surface({ smoothing: 5, targetTriangles: 1000 }, { onProgress });
  expect(new Set(reports.map(({ stage }) => stage))).toEqual(
    new Set(['count', 'vertices', 'triangles', 'smooth', 'decimate', 'distance']),
  );
  expect(reports.every(({ fraction }) => fraction >= 0 && fraction <= 1)).toBe(true);
  const controller = new AbortController();
  const stopped = surface.encode('3mf', {
    signal: controller.signal,
    onProgress: () => controller.abort('enough'),
  });
  await expect(stopped).rejects.toBe('enough');
  expect((await surface.encode('3mf')).length).toBeGreaterThan(1000);
});
