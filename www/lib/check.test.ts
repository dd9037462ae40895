import type { CheckItem } from 'hounsfield';
import { expect, it } from 'vitest';

import { checkInName, checkWords, verdict, worstFirst } from './check.js';

const item = (id: string, status: CheckItem['status']): CheckItem => ({
  id,
  title: id,
  status,
  value: '',
  message: '',
});
const done = (...items: CheckItem[]) => ({ step: 'done', items }) as const;

const MIXED = done(item('a', 'pass'), item('b', 'warn'), item('c', 'fail'), item('d', 'fail'));

it('fails come first, otherwise the order stays', () => {
  expect(worstFirst(MIXED.items).map(({ id }) => id)).toEqual(['c', 'd', 'b', 'a']);
});

it('a few words say how it came out', () => {
  expect(checkWords(MIXED)).toBe('2 fails, 1 warning');
  expect(checkWords(done(item('a', 'warn')))).toBe('1 warning');
  expect(checkWords(done(item('a', 'pass')))).toBe('passed');
  expect(checkWords({ step: 'running' })).toBe('running');
  expect(checkWords({ step: 'failed', what: 'No.' })).toBe('not done');
});

it('the worst decides, once it is known', () => {
  expect(verdict(MIXED)).toBe('fail');
  expect(verdict(done(item('a', 'pass')))).toBe('pass');
  expect(verdict({ step: 'running' })).toBeNull();
});

it('fails go into names of files, and nothing else does', () => {
  expect(checkInName(MIXED)).toBe('.ct-check-2-fails');
  expect(checkInName(done(item('a', 'fail')))).toBe('.ct-check-1-fail');
  expect(checkInName(done(item('a', 'warn')))).toBe('');
  expect(checkInName(undefined)).toBe('');
});
