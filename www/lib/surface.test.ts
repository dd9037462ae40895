import { describe, expect, it } from 'vitest';

import {
  defaultLevel,
  estimateWords,
  isSurfaceFile,
  liesInScan,
  optionsOf,
  SURFACE_DEFAULTS,
} from './surface.js';

const plain = (text: string): string => text.replaceAll('\u202f', ' ');

describe('options of a surface', () => {
  it('smooth a mask by its scan, and leave a level as it lies', () => {
    expect(optionsOf(SURFACE_DEFAULTS, null)).toEqual({
      smoothByHu: true,
      smoothing: 10,
      capBorder: true,
      keepLargest: false,
    });
    expect(optionsOf(SURFACE_DEFAULTS, 300)).toEqual({
      levelHu: 300,
      smoothing: 0,
      capBorder: true,
      keepLargest: false,
    });
  });

  it('name one way of reducing, if any', () => {
    const few = { ...SURFACE_DEFAULTS, smoothing: 3, reduce: 'count' } as const;
    expect(optionsOf(few, null)).toMatchObject({ smoothing: 3, targetTriangles: 200_000 });
    expect(optionsOf(few, null)).not.toHaveProperty('toleranceMm');
    const near = { ...SURFACE_DEFAULTS, reduce: 'tolerance' } as const;
    expect(optionsOf(near, null)).toMatchObject({ toleranceMm: 0.1 });
    expect(optionsOf(near, null)).not.toHaveProperty('targetTriangles');
  });
});

describe('what is said before', () => {
  it('is how much there will be, and what cannot be', () => {
    expect(estimateWords(0, 0, SURFACE_DEFAULTS)).toBe('Nothing is inside.');
    expect(plain(estimateWords(12_345, 222_000, SURFACE_DEFAULTS))).toBe(
      '12 345 triangles, 222 kB.',
    );
    expect(estimateWords(3_000_000, 54e6, SURFACE_DEFAULTS)).toContain('Other programs');
    const few = { ...SURFACE_DEFAULTS, reduce: 'count' } as const;
    expect(plain(estimateWords(300_000, 5.4e6, few))).toContain('then about 200 000');
    expect(plain(estimateWords(100_000, 1.8e6, few))).toBe('100 000 triangles, 1.8 MB.');
    expect(plain(estimateWords(1e8, 1.8e9, few))).toMatch(/more than the 50 000 000/);
  });
});

describe('surfaces and scans', () => {
  it('begins at bone, or in the middle of grey values', () => {
    const intensity = { minHu: 0, maxHu: 200, paddingShare: 0 };
    const facts = (units: string): never => ({ facts: { units } }) as never;
    expect(defaultLevel(facts('hu'), intensity)).toBe(300);
    expect(defaultLevel(facts('grey'), intensity)).toBe(100);
  });

  it('knows what lies beside a scan', () => {
    const scan = {
      sizeVoxel: [11, 11, 11],
      rasFromVoxel: [1, 0, 0, 5, 0, 1, 0, 5, 0, 0, 1, 5],
    } as const;
    const box = (from: number, to: number) =>
      ({ boundsRasMm: { min: [from, 6, 6], max: [to, 7, 7] } }) as const;
    expect(liesInScan(box(0, 5), scan)).toBe(true);
    expect(liesInScan(box(-9, 4.9), scan)).toBe(false);
    expect(liesInScan(box(15.1, 20), scan)).toBe(false);
  });

  it('tells files of surfaces by their names', () => {
    expect(['a.stl', 'B.GLB', 'c.3mf'].every(isSurfaceFile)).toBe(true);
    expect(['a.nii.gz', 'stl', 'a.stl.zip'].some(isSurfaceFile)).toBe(false);
  });
});
