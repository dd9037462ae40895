// Both wasm builds in Chromium give what the native build gives, with any number of threads.

import { fileURLToPath } from 'node:url';

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { Engine, EngineInfo, createEngine } from 'hounsfield';

import { chromiumPath, launch } from '../e2e/browser.js';
import { serve, type Served } from '../e2e/site.js';
import { cases, goldens } from './cases.js';
import type { Case, runCase } from './run.js';

declare global {
  interface Window {
    createEngine: typeof createEngine;
    runCase: typeof runCase;
    engine: Engine;
  }
}

const why = chromiumPath() ? '' : 'no Chromium: apt-get install chromium';
if (why) console.warn(`golden recipes in the browser skipped: ${why}`);

const builds = [
  { name: 'single, page not isolated', isolated: false, threads: 'auto', build: 'single' },
  { name: 'single, page isolated', isolated: true, threads: 1, build: 'single' },
  { name: 'two threads', isolated: true, threads: 2, build: 'threaded' },
  { name: 'five threads', isolated: true, threads: 5, build: 'threaded' },
] as const;

describe.skipIf(why).each(builds)('$name', ({ isolated, threads, build }) => {
  let browser: Browser;
  let site: Served;
  let page: Page;

  beforeAll(async () => {
    site = await serve(fileURLToPath(new URL('../..', import.meta.url)), isolated);
    browser = await launch();
    page = await browser.newPage();
    await page.goto(`${site.url}tests/golden/page.html`);
    await page.waitForFunction(() => document.title === 'ready');
    const info = await page.evaluate(async (wanted): Promise<EngineInfo> => {
      window.engine = await window.createEngine({ threads: wanted });
      return window.engine.info;
    }, threads);
    expect(info.build).toBe(build);
    if (typeof threads === 'number') expect(info.threads).toBe(threads);
  });

  afterAll(async () => {
    await browser.close();
    await site.stop();
  });

  test.each(cases)('$name', async (one) => {
    const run = (each: Case) => window.runCase(window.engine, each);
    expect(await page.evaluate(run, one)).toEqual(goldens[one.name]);
  });
});
