import type { LungMeasures, LungRegionMeasures, Norm } from 'hounsfield';

import { number } from './format.js';

interface Quantity {
  readonly name: string;
  readonly unit: string;
  readonly decimals: number;
}

const QUANTITIES: Readonly<Record<string, Quantity>> = {
  volumeMl: { name: 'Volume', unit: 'ml', decimals: 0 },
  tissueG: { name: 'Tissue', unit: 'g', decimals: 0 },
  'aerationWeightPercent.0': { name: 'Over-aerated, of weight', unit: '%', decimals: 0 },
  'aerationWeightPercent.1': { name: 'Normally aerated, of weight', unit: '%', decimals: 0 },
  'aerationWeightPercent.2': { name: 'Poorly aerated, of weight', unit: '%', decimals: 0 },
  'aerationWeightPercent.3': { name: 'Non-aerated, of weight', unit: '%', decimals: 0 },
  laa950Percent: { name: 'LAA −950', unit: '%', decimals: 2 },
  laa856Percent: { name: 'LAA −856', unit: '%', decimals: 1 },
};

/** What one group of people had, beside what this scan has. */
export interface NormRow {
  readonly quantity: string;
  readonly here: string;
  readonly published: string;
  readonly of: string;
  readonly source: string;
  readonly doi: string;
}

/** Quantities that are not known here are left out: a range without its number says nothing. */
export function normRows({ norms, rows }: LungMeasures): readonly NormRow[] {
  const [both] = rows;
  if (!both) return [];
  return norms.flatMap((norm) => {
    const about = QUANTITIES[norm.quantity];
    const value = valueOf(both, norm.quantity);
    if (!about || value === null) return [];
    const { name, unit, decimals } = about;
    const { of, source, doi } = norm;
    const here = `${number(value, decimals)} ${unit}`;
    const published = `${range(norm, decimals)} ${unit}`;
    return [{ quantity: name, here, published, of, source, doi }];
  });
}

function range({ mean, low, high }: Norm, decimals: number): string {
  const middle = number(mean, decimals);
  if (low === null || high === null) return middle;
  return `${middle} (${number(low, decimals)}–${number(high, decimals)})`;
}

/** `aerationWeightPercent.0` is the first of a list. */
function valueOf(row: LungRegionMeasures, quantity: string): number | null {
  const [key = '', place] = quantity.split('.');
  const value = (row as unknown as Readonly<Record<string, unknown>>)[key];
  const one: unknown = place !== undefined && Array.isArray(value) ? value[Number(place)] : value;
  return typeof one === 'number' ? one : null;
}
