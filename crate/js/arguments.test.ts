import { expect, test } from 'vitest';

import { list, plain, whole } from './arguments.js';

test('whole numbers within their range, and nothing that only turns into one', () => {
  expect(whole('z0', 3)).toBe(3);
  for (const value of [Number.NaN, -1, 1.5, '3', 3n, null, undefined, {}, [3]]) {
    expect(() => whole('z0', value), String(value)).toThrow('z0 is');
  }
});

test('plain data passes untouched', () => {
  const params = { thresholdHu: null, keep: 'parts', fill: true, nested: [{ radiusMm: 2 }] };
  expect(plain('params', params)).toBe(params);
});

test('what JSON would lose is refused with where it is', () => {
  expect(() => plain('params', { thresholdHu: Number.NaN })).toThrow('params.thresholdHu is NaN');
  expect(() => plain('recipe', [{ minHu: 200n }])).toThrow('recipe.0.minHu is 200');
  expect(() => plain('params', { onProgress: () => 0 })).toThrow('params.onProgress is a function');
  expect(() => plain('params', { at: new Date() })).toThrow('params.at is a Date');
});

test('lists of objects, without holes', () => {
  const steps = [{ op: 'zScore' }, {}];
  expect(list('steps', steps)).toBe(steps);
  expect(list('steps', [])).toEqual([]);
  expect(() => list('steps', { op: 'zScore' } as never)).toThrow('steps is a Object');
  for (const odd of [null, undefined, 3, 'crop']) {
    expect(() => list('steps', [{}, odd] as never), String(odd)).toThrow('steps.1 is');
  }
});
