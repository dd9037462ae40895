import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { expect, test } from 'vitest';

import { ListingHandle } from './listing.js';
import type { Scan, SeriesInfo } from './types.js';

test('a listing that is opening something is kept until it has', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  let disposed = false;
  let resolve: (scan: Scan) => void = () => undefined;
  const series = { id: '1' } as SeriesInfo;
  const opening = new ListingHandle({
    data: { series: [series], suggested: '1', reason: '', leftOut: [] },
    inspect: () => Promise.reject(new Error('not asked for')),
    open: () => new Promise<Scan>((done) => (resolve = done)),
    dispose: () => (disposed = true),
  }).open();
  for (let n = 0; n < 5; n++) {
    collect();
    await new Promise((done) => setTimeout(done, 10));
  }
  expect(disposed).toBe(false);
  const scan = {} as Scan;
  resolve(scan);
  expect(await opening).toBe(scan);
});
