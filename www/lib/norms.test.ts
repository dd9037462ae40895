import type { LungMeasures, LungRegionMeasures, Norm } from 'hounsfield';
import { expect, it } from 'vitest';

import { normRows } from './norms.js';

const norm: Norm = {
  quantity: 'volumeMl',
  mean: 4066,
  sd: 1190,
  low: 1686,
  high: 6446,
  of: '100 patients',
  source: 'Somebody 2013',
  doi: '10.1/x',
};
const both = {
  name: 'lungs',
  volumeMl: 3694.35,
  laa950Percent: null,
  aerationWeightPercent: [28.4, 65.4, 5.5, 0.7],
} as unknown as LungRegionMeasures;

function measures(norms: readonly Norm[]): LungMeasures {
  return { rows: [both], leftShare: 0.47, norms, notes: [] };
}

it('puts what is published beside what is here', () => {
  expect(normRows(measures([norm]))).toEqual([
    {
      quantity: 'Volume',
      here: '3\u202f694 ml',
      published: '4\u202f066 (1\u202f686–6\u202f446) ml',
      of: '100 patients',
      source: 'Somebody 2013',
      doi: '10.1/x',
    },
  ]);
});

it('finds shares of weight by their place, and has no range without a number', () => {
  const second = { ...norm, quantity: 'aerationWeightPercent.1', mean: 65, low: null, high: null };
  const [row] = normRows(measures([second]));
  expect(row).toMatchObject({ here: '65 %', published: '65 %' });
  const missing = [
    { ...norm, quantity: 'laa950Percent' },
    { ...norm, quantity: 'unheardOf' },
  ];
  expect(normRows(measures(missing))).toEqual([]);
});
