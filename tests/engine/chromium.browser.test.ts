// The engine as published, in Chromium: stopping, confinement, and running out of memory.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { createEngine } from 'hounsfield';

import { chromiumPath, launch } from '../e2e/browser.js';
import { serve, type Served } from '../e2e/site.js';

interface TestPage {
  createEngine: typeof createEngine;
  /** Messages of all workers. */
  said: { type: string; id?: number; error?: { code: string } }[];
}

const why = chromiumPath() ? '' : 'no Chromium: apt-get install chromium';
if (why) console.warn(`engine tests in the browser skipped: ${why}`);

async function open(browser: Browser, site: Served): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(`${site.url}tests/engine/page.html`);
  await page.waitForFunction(() => document.title === 'ready');
  return page;
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const hosts = [
  { name: 'isolated', isolated: true },
  { name: 'not isolated', isolated: false },
];

describe.skipIf(why).each(hosts)('a page that is $name', ({ isolated }) => {
  let browser: Browser;
  let site: Served;
  let page: Page;

  beforeAll(async () => {
    site = await serve(root, isolated);
    browser = await launch();
    page = await open(browser, site);
  });
  afterAll(async () => {
    await browser.close();
    await site.stop();
  });

  test.each([false, true])(
    'a running call is stopped in its midst (confined: %s)',
    async (confine) => {
      const found = await page.evaluate(async (confined) => {
        const { createEngine, said } = window as unknown as TestPage;
        const engine = await createEngine({ confine: confined });
        const { scan } = await engine.phantom({ sizeVoxel: [192, 192, 120] });
        said.length = 0;
        const controller = new AbortController();
        const running = scan.segment(
          'bones',
          {},
          {
            signal: controller.signal,
            onProgress: () => controller.abort('enough'),
          },
        );
        const reason = await running.catch((error: unknown) => error);
        // Answered when the worker is free again.
        await engine.memory();
        const ends = said.filter(({ type }) => type === 'done' || type === 'failed');
        engine.dispose();
        return { reason, first: ends[0]?.error?.code };
      }, confine);
      expect(found).toEqual({ reason: 'enough', first: 'stopped' });
    },
  );

  test.each(['lungs', 'prepare'] as const)('%s are stopped in their midst, too', async (what) => {
    const found = await page.evaluate(async (name) => {
      const { createEngine, said } = window as unknown as TestPage;
      const engine = await createEngine();
      const { scan, truth } = await engine.phantom({ sizeVoxel: [192, 192, 120] });
      said.length = 0;
      const controller = new AbortController();
      const options = {
        signal: controller.signal,
        onProgress: () => controller.abort('enough'),
      };
      const steps = [1, 2].map((mm) => ({
        op: 'resample' as const,
        spacingMm: [mm, mm, mm] as const,
      }));
      const running: Promise<unknown> =
        name === 'lungs'
          ? scan.segment('lungs', {}, options)
          : scan.prepare(steps, [truth.bones], options);
      const reason = await running.catch((error: unknown) => error);
      await engine.memory();
      const ends = said.filter(({ type }) => type === 'done' || type === 'failed');
      engine.dispose();
      return { reason, first: ends[0]?.error?.code };
    }, what);
    expect(found).toEqual({ reason: 'enough', first: 'stopped' });
  });

  test('a confined engine obeys the policy of the page, and only a confined one', async () => {
    const elsewhere = createServer((_, response) =>
      response
        .writeHead(200, {
          'Access-Control-Allow-Origin': '*',
          'Cross-Origin-Resource-Policy': 'cross-origin',
        })
        .end('hello'),
    );
    await new Promise<void>((ready) => elsewhere.listen(0, '127.0.0.1', ready));
    const address = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`;
    const reach = async (confine: boolean): Promise<string[]> => {
      const fresh = await open(browser, site);
      await fresh.evaluate(async (confined) => {
        await (window as unknown as TestPage).createEngine({ confine: confined, threads: 1 });
      }, confine);
      const answers = fresh.workers().map((worker) =>
        worker.evaluate(
          (url) =>
            fetch(url, { method: 'POST', body: 'voxels' }).then(
              () => 'answered',
              () => 'refused',
            ),
          address,
        ),
      );
      const all = await Promise.all(answers);
      await fresh.close();
      return all;
    };
    expect(await reach(true)).toEqual(['refused']);
    expect(await reach(false)).toEqual(['answered']);
    elsewhere.close();
  });

  test('out of memory is an error, and a new engine works', async () => {
    const executablePath = chromiumPath() ?? '';
    // 64 MB for wasm: enough to start, too little for the work.
    const args = ['--no-sandbox', '--js-flags=--wasm-max-mem-pages=1024'];
    const poor = await chromium.launch({ executablePath, args });
    const narrow = await open(poor, site);
    const found = await narrow.evaluate(async () => {
      const { createEngine } = window as unknown as TestPage;
      const engine = await createEngine({ threads: 1 });
      const code = (error: { code?: string }): string => error.code ?? String(error);
      const first = await engine.phantom({ sizeVoxel: [400, 400, 300] }).then(() => 'fits', code);
      const again = await createEngine({ threads: 1 });
      const second = await again.phantom({ sizeVoxel: [40, 40, 30] }).then(() => 'fits', code);
      return { first, second };
    });
    await poor.close();
    expect(['out_of_memory', 'engine_lost']).toContain(found.first);
    expect(found.second).toBe('fits');
  });
});
