import type { Histogram } from 'hounsfield';
import { describe, expect, it } from 'vitest';

import { drawnRange, grouped, histogramCsv, shortCount } from './histogram.js';

const zeros = (length: number): number[] => Array.from({ length }, () => 0);

function histogram(firstHu: number, counts: readonly number[]): Histogram {
  return { firstHu, binHu: 1, counts, paddingVoxels: 0, peaks: [] };
}

describe('a histogram', () => {
  it('is drawn to where nearly all voxels are, and to bone at least', () => {
    const counts = zeros(4000);
    counts[0] = 1_000_000;
    counts[3999] = 1; // a speck of metal
    expect(drawnRange(histogram(-1000, counts))).toEqual({ fromHu: -1000, toHu: 500 });
    counts[2200] = 5000;
    expect(drawnRange(histogram(-1000, counts))).toEqual({ fromHu: -1000, toHu: 1201 });
    expect(drawnRange(histogram(7, [3]))).toEqual({ fromHu: 7, toHu: 8 });
  });

  it('is read in rows at round numbers', () => {
    const counts = zeros(100).map(() => 1);
    expect(grouped(histogram(-30, counts), 50)).toEqual([
      { fromHu: -50, toHu: 0, voxels: 30 },
      { fromHu: 0, toHu: 50, voxels: 50 },
      { fromHu: 50, toHu: 100, voxels: 20 },
    ]);
    expect(grouped(histogram(0, [...zeros(60), 2]), 50)).toEqual([
      { fromHu: 50, toHu: 100, voxels: 2 },
    ]);
  });

  it('is copied bin by bin', () => {
    expect(histogramCsv(histogram(-1, [5, 0]), 0.5, '1 fail, 1 warning')).toBe(
      'from_hu,below_hu,voxels,volume_ml,ct_check\n-1,0,5,2.5000,1 fail; 1 warning\n0,1,0,0.0000,1 fail; 1 warning\n',
    );
  });

  it('has short ticks', () => {
    expect([1, 100, 1000, 100_000, 10_000_000].map(shortCount)).toEqual([
      '1',
      '100',
      '1k',
      '100k',
      '10M',
    ]);
  });
});
