import { expect, test } from 'vitest';

import { planThreads, requireSimd } from './support.js';

test('threads only on an isolated page, and the reason is said', () => {
  expect(planThreads({ threads: 4 }, true)).toEqual({ threads: 4, reason: '' });
  expect(planThreads({}, false)).toEqual({
    threads: 1,
    reason: 'the page is not cross-origin isolated',
  });
  expect(planThreads({ threads: 1 }, true).reason).toBe('one thread was asked for');
});

test('a number of threads that makes no sense is refused with its value', () => {
  for (const threads of [0, -2, 1.5, Number.NaN, 1e6]) {
    expect(() => planThreads({ threads }, true)).toThrow(`threads is ${threads}`);
  }
});

test('this Node has SIMD, so the probe module is a valid one', () => {
  expect(requireSimd).not.toThrow();
});
