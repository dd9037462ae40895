import type { Histogram } from 'hounsfield';

/** The stretch of values that is worth drawing. */
export interface Range {
  readonly fromHu: number;
  readonly toHu: number;
}

/** Of the voxels; what few there are beyond is metal, noise, or a mark burnt in. */
const DRAWN_SHARE = 0.999;
/** Bone is looked for up to here, whether there is any or not. */
const TO_AT_LEAST_HU = 500;

/** From the first voxel to where nearly all of them have been. */
export function drawnRange({ firstHu, binHu, counts }: Histogram): Range {
  const all = voxelsOf(counts);
  let seen = 0;
  let last = 0;
  for (; last < counts.length && seen < DRAWN_SHARE * all; last++) seen += counts[last] ?? 0;
  const lastHu = firstHu + last * binHu;
  return {
    fromHu: firstHu,
    toHu: Math.max(lastHu, Math.min(TO_AT_LEAST_HU, endOf(firstHu, binHu, counts)), firstHu + 1),
  };
}

function endOf(firstHu: number, binHu: number, counts: readonly number[]): number {
  return firstHu + counts.length * binHu;
}

export function voxelsOf(counts: readonly number[]): number {
  return counts.reduce((sum, n) => sum + n, 0);
}

/** Some bins as one row of a table. */
export interface Group {
  readonly fromHu: number;
  /** Up to, and not included. */
  readonly toHu: number;
  readonly voxels: number;
}

/** Rows of `widthHu` that begin at multiples of it; empty ones at either end are not there. */
export function grouped({ firstHu, binHu, counts }: Histogram, widthHu: number): readonly Group[] {
  const groups = new Map<number, number>();
  counts.forEach((n, i) => {
    const fromHu = Math.floor((firstHu + i * binHu) / widthHu) * widthHu;
    groups.set(fromHu, (groups.get(fromHu) ?? 0) + n);
  });
  const rows = [...groups].map(([fromHu, voxels]) => ({ fromHu, toHu: fromHu + widthHu, voxels }));
  const filled = rows.map(({ voxels }) => voxels > 0);
  return rows.slice(filled.indexOf(true), filled.lastIndexOf(true) + 1);
}

/** Every bin that is drawn or not; the CT check on every row, as in all tables. */
export function histogramCsv(
  { firstHu, binHu, counts }: Histogram,
  voxelMl: number,
  ctCheck: string,
): string {
  const check = ctCheck.replaceAll(',', ';');
  const rows = counts.map((n, i) =>
    [firstHu + i * binHu, firstHu + (i + 1) * binHu, n, (n * voxelMl).toFixed(4), check].join(','),
  );
  return ['from_hu,below_hu,voxels,volume_ml,ct_check', ...rows].join('\n') + '\n';
}

/** "1", "10", "1k", "10M": the ticks of a logarithmic axis. */
export function shortCount(n: number): string {
  if (n >= 1e9) return `${n / 1e9}G`;
  if (n >= 1e6) return `${n / 1e6}M`;
  return n >= 1e3 ? `${n / 1e3}k` : String(n);
}
