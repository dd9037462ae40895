import { existsSync } from 'node:fs';

import { chromium } from 'playwright-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { expect } from 'vitest';

const ARGS = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // WebGL2 in software, so that the views work on machines without a graphics card.
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
];

const PLACES = [
  process.env['CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

export function chromiumPath(): string | undefined {
  return PLACES.find((path) => path !== undefined && existsSync(path));
}

export function launch(...more: readonly string[]): Promise<Browser> {
  const executablePath = chromiumPath();
  if (executablePath === undefined) throw new Error('no Chromium found');
  return chromium.launch({ executablePath, args: [...ARGS, ...more] });
}

export const DESK: BrowserContextOptions = {
  viewport: { width: 1440, height: 900 },
  colorScheme: 'dark',
  acceptDownloads: true,
};

export const PHONE: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  colorScheme: 'dark',
  hasTouch: true,
  isMobile: true,
  acceptDownloads: true,
};

/** Where what must be accessible is looked at; the phone is dark. */
export const LOOKS = [
  { on: 'a desk, dark', options: DESK },
  { on: 'a desk, light', options: { ...DESK, colorScheme: 'light' } },
  { on: 'a phone', options: PHONE },
] as const;

/** A page and what it complained about. */
export interface Visit {
  readonly page: Page;
  /** Errors on the console and uncaught ones. A test that provokes some empties it. */
  readonly complaints: string[];
  /** Closes the page; fails the test when there was a complaint. */
  leave(): Promise<void>;
}

export async function visit(
  { browser, site }: { readonly browser: Browser; readonly site: { readonly url: string } },
  options: BrowserContextOptions = DESK,
): Promise<Visit> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  // Only against hanging for ever: a busy machine may take its time.
  page.setDefaultTimeout(120_000);
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(site.url);
  return {
    page,
    complaints,
    async leave() {
      await context.close();
      expect(complaints).toEqual([]);
    },
  };
}
