// Other formats than NIfTI through the engine as published, in Chromium: with one worker that reads
// and with several, on pages that may share memory and on pages that may not.

import { fileURLToPath } from 'node:url';

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { Scan, createEngine } from 'hounsfield';

import { chromiumPath, launch } from '../e2e/browser.js';
import { nifti } from '../e2e/scans.js';
import { serve, type Served } from '../e2e/site.js';
import { closestRas, dicomSeries, zip, type Made, type Series } from './build.js';

interface Sent {
  readonly name: string;
  readonly base64: string;
}

interface TestPage {
  createEngine: typeof createEngine;
  filesOf(sent: readonly Sent[]): File[];
  workers: number;
}

const why = chromiumPath() ? '' : 'no Chromium: apt-get install chromium';
if (why) console.warn(`tests of formats in the browser skipped: ${why}`);

const root = fileURLToPath(new URL('../..', import.meta.url));

/** 20 slices; every voxel tells where it is. */
const series: Series = {
  size: [16, 12, 20],
  spacingMm: [0.5, 0.75, 2],
  hu: (x, y, z) => 190 * z + 16 * y + x - 1000,
};

const sent = (made: readonly Made[]): Sent[] =>
  made.map(({ name, bytes }) => ({ name, base64: Buffer.from(bytes).toString('base64') }));

const archive = sent([{ name: 'portal.zip', bytes: zip(dicomSeries(series)) }]);

const hosts = [
  { name: 'isolated', isolated: true },
  { name: 'not isolated', isolated: false },
];

describe.skipIf(why).each(hosts)('a page that is $name', ({ isolated }) => {
  let browser: Browser;
  let site: Served;

  beforeAll(async () => {
    site = await serve(root, isolated);
    browser = await launch();
  });
  afterAll(async () => {
    await browser.close();
    await site.stop();
  });

  /** A fresh page; `asked` is what it and its workers ask for from now on. */
  async function open(of = browser): Promise<{ page: Page; asked: string[] }> {
    const page = await of.newPage();
    await page.goto(`${site.url}tests/engine/page.html`);
    await page.waitForFunction(() => document.title === 'ready');
    const asked: string[] = [];
    page.on('request', (request) => asked.push(`${request.method()} ${request.url()}`));
    return { page, asked };
  }

  test.each([
    { workers: 1, confine: false },
    { workers: 2, confine: false },
    { workers: 2, confine: true },
  ])(
    'a zip with shuffled slices opens to the right voxels with $workers workers (confined: $confine)',
    async ({ workers, confine }) => {
      const { page, asked } = await open();
      const found = await page.evaluate(
        async (given) => {
          const { createEngine, filesOf } = window as unknown as TestPage;
          const engine = await createEngine({ threads: given.workers, confine: given.confine });
          const before = (window as unknown as TestPage).workers;
          const scan = await engine.open(filesOf(given.archive));
          const values = [...(await scan.slab(0, 20))];
          const started = (window as unknown as TestPage).workers - before;
          const { name, format, sizeVoxel, spacingMm } = scan.info;
          engine.dispose();
          return { values, started, info: { name, format, sizeVoxel, spacingMm } };
        },
        { workers, confine, archive },
      );
      await page.close();
      expect(found.info).toMatchObject({
        format: 'DICOM',
        sizeVoxel: [16, 12, 20],
        spacingMm: [0.5, 0.75, 2],
      });
      expect(found.values).toEqual(closestRas(series));
      expect(found.started).toBe(workers);
      // Nothing goes out, and the decoders are not fetched for what is not compressed.
      const out = asked.filter((each) => !/^GET (blob:|http:\/\/127\.0\.0\.1)/.test(each));
      expect(out).toEqual([]);
      expect(
        asked.filter((each) => each.includes('/formats/') && each.endsWith('.wasm')),
      ).toHaveLength(1);
      expect(asked.filter((each) => each.includes('/codecs/') && each.endsWith('.wasm'))).toEqual(
        [],
      );
    },
  );

  test('nobody pays for what he does not use', async () => {
    const ct = nifti([8, 8, 8], [1, 1, 1], (x) => 100 * x);
    const { page, asked } = await open();
    await page.evaluate(
      async (given) => {
        const { createEngine, filesOf } = window as unknown as TestPage;
        const engine = await createEngine();
        const listing = await engine.list(filesOf(given));
        await listing.open();
        await engine.open(filesOf(given));
        engine.dispose();
      },
      sent([{ name: 'ct.nii', bytes: ct }]),
    );
    await page.close();
    const wasm = asked.filter((each) => each.endsWith('.wasm'));
    expect(wasm).toHaveLength(1);
    expect(asked.filter((each) => each.includes('formats'))).toEqual([]);
  });

  test('the decoders are fetched once, when a slice is compressed; what they cannot decode is named', async () => {
    const frame = Uint8Array.from([0xff, 0xd8, 0xff, 0xc3, 1, 2, 3, 4]);
    const jpeg = { syntax: '1.2.840.10008.1.2.4.70', frame };
    const made = sent(dicomSeries(series, (z) => (z === 13 ? jpeg : undefined)));
    const { page, asked } = await open();
    const found = await page.evaluate(async (given) => {
      const { createEngine, filesOf } = window as unknown as TestPage;
      const engine = await createEngine({ threads: 2 });
      const { info } = await engine.open(filesOf(given));
      engine.dispose();
      return { broken: info.facts.stack?.broken, notes: info.notes.map(({ message }) => message) };
    }, made);
    await page.close();
    expect(found.broken).toBe(1);
    expect(found.notes.join()).toMatch(/broken.*IM00/);
    expect(
      asked.filter((each) => each.includes('/codecs/') && each.endsWith('.wasm')),
    ).toHaveLength(1);
  });

  test('abort in the midst of reading rejects at once; engine and listing live on', async () => {
    const { page } = await open();
    const found = await page.evaluate(async (given) => {
      const { createEngine, filesOf } = window as unknown as TestPage;
      const engine = await createEngine({ threads: 2 });
      const { scan: other } = await engine.phantom({ sizeVoxel: [20, 20, 20] });
      const listing = await engine.list(filesOf(given));
      const controller = new AbortController();
      const reason = await listing
        .open({
          signal: controller.signal,
          onProgress: ({ stage }) => {
            if (stage === 'reading') controller.abort('enough');
          },
        })
        .catch((error: unknown) => error);
      const again: Scan = await listing.open();
      const lengths = [(await again.slab(0, 1)).length, (await other.slab(0, 1)).length];
      engine.dispose();
      return { reason, lengths };
    }, archive);
    await page.close();
    expect(found).toEqual({ reason: 'enough', lengths: [16 * 12, 400] });
  });

  test('files are read to their end, however often the browser collects garbage', async () => {
    const collecting = await launch('--js-flags=--expose-gc');
    const { page } = await open(collecting);
    page.on('worker', (worker) => {
      const collect = (): unknown =>
        setInterval(() => (globalThis as unknown as { gc(): void }).gc(), 1);
      worker.evaluate(collect).catch(() => undefined);
    });
    const found = await page.evaluate(
      async (given) => {
        const { createEngine, filesOf } = window as unknown as TestPage;
        const engine = await createEngine({ threads: 2 });
        const slices: number[] = [];
        for (let round = 0; round < 10; round++) {
          const scan = await engine.open(filesOf(given));
          slices.push(scan.info.sizeVoxel[2]);
          scan.dispose();
        }
        return slices;
      },
      sent(dicomSeries(series)),
    );
    await collecting.close();
    expect(found).toEqual(Array.from({ length: 10 }, () => 20));
  });

  test('a reader that traps is made anew, and open scans live on', async () => {
    const { page } = await open();
    await page.evaluate(async (given) => {
      const { createEngine, filesOf } = window as unknown as TestPage;
      const engine = await createEngine({ threads: 1 });
      const { scan } = await engine.phantom({ sizeVoxel: [20, 20, 20] });
      Object.assign(window, { scan, listing: await engine.list(filesOf(given)) });
    }, archive);
    const reader = page.workers().at(-1);
    if (!reader) throw new Error('no reader is running');
    // The page hears of the trap later than this test does; it then ends the worker.
    const ended = reader.waitForEvent('close');
    await reader.evaluate(() => {
      setTimeout(() => {
        throw new WebAssembly.RuntimeError('unreachable');
      });
    });
    await ended;
    const found = await page.evaluate(async () => {
      const held = window as unknown as { scan: Scan; listing: { open(): Promise<Scan> } };
      const opened = await held.listing.open();
      return [(await opened.slab(0, 1)).length, (await held.scan.slab(0, 1)).length];
    });
    await page.close();
    expect(found).toEqual([16 * 12, 400]);
  });
});
