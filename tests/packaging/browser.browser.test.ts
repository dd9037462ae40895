// What people install: `npm pack`, then Vite, webpack and no bundler at a deep address, on hosts that
// make pages isolated and on hosts that do not, under a strict policy.

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { chromiumPath, launch } from '../e2e/browser.js';
import { serve, type Served } from '../e2e/site.js';
import { none, vite, withWebpack } from './bundle.js';
import { files, pack, project } from './pack.js';

interface Found {
  build: string;
  voxels: number;
  reopenedAs: string;
  other: string;
  refused: string;
}

interface TestPage {
  segment(options: { confine: boolean }): Promise<Found>;
}

const why = chromiumPath() ? '' : 'no Chromium: apt-get install chromium';
if (why) console.warn(`packaging tests skipped: ${why}`);

const bundlers = [
  { name: 'Vite', bundle: vite },
  { name: 'webpack', bundle: withWebpack },
  { name: 'no bundler', bundle: none },
];

/** The same in every environment, or one of them computes something else. */
const voxels = new Set<number>();

describe.skipIf(why).each(bundlers)('$name', ({ name, bundle }) => {
  let browser: Browser;
  let folder: string;

  beforeAll(async () => {
    folder = await bundle(project('app', name.replace(' ', '-'), tarball()));
    browser = await launch();
  });
  afterAll(() => browser.close());

  async function run(isolated: boolean, confine: boolean): Promise<Found & { site: Served }> {
    const site = await serve(folder, isolated);
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(`${site.url}index.html`);
    await page.waitForFunction(() => document.title === 'ready');
    const options = { confine };
    const found = await page.evaluate(
      (given) => (window as unknown as TestPage).segment(given),
      options,
    );
    await page.close();
    await site.stop();
    expect(complaints).toEqual([]);
    voxels.add(found.voxels);
    return { ...found, site };
  }

  test.each([
    { isolated: true, build: 'threaded' },
    { isolated: false, build: 'single' },
  ])('isolated: $isolated', async ({ isolated, build }) => {
    const found = await run(isolated, false);
    expect(found).toMatchObject({
      build,
      reopenedAs: 'uint8',
      other: 'NRRD',
      refused: 'not_nifti',
    });
    expect(found.voxels).toBeGreaterThan(0);
    // Those of the engine, the phantom and the formats; the decoders were not needed.
    const loaded = found.site.requests.filter((request) => request.endsWith('.wasm'));
    expect(new Set(loaded).size).toBe(3);
  });

  test.each([true, false])('confined, isolated: %s', async (isolated) => {
    expect(await run(isolated, true)).toMatchObject({ reopenedAs: 'uint8', other: 'NRRD' });
  });

  test('each wasm file is there once', () => {
    const wasm = files(folder).filter((path) => path.endsWith('.wasm'));
    expect(wasm).toHaveLength(5);
  });
});

test.skipIf(why)('all of them found the same skeleton', () => {
  expect([...voxels]).toHaveLength(1);
});

let packed: string | undefined;
function tarball(): string {
  packed ??= pack('browser');
  return packed;
}
