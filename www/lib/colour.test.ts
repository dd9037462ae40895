import { expect, it } from 'vitest';

import { rgbOf } from './colour.js';

it('reads colours', () => {
  expect(rgbOf('#5BC0EB')).toEqual([0x5b, 0xc0, 0xeb]);
});
