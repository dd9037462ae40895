/** The harness's page in Chromium: bundled in memory, served under the app's content security policy. */
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

import { chromium } from 'playwright-core';
import type { Page } from 'playwright-core';
import { build } from 'vite';

import type { Harness } from './harness.js';

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** A page with the harness in it. */
export interface OpenHarness {
  readonly page: Page;
  /** Runs `body` in the page with the harness and plain arguments. */
  readonly inPage: <A, R>(
    body: (harness: Harness, argument: A) => R | Promise<R>,
    argument: A,
  ) => Promise<R>;
  readonly close: () => Promise<void>;
}

async function bundled(): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      minify: false,
      target: 'es2022',
      lib: { entry: here('./harness.ts'), formats: ['es'], fileName: 'harness' },
    },
  });
  const outputs = (Array.isArray(built) ? built : [built]).flatMap((result) =>
    'output' in result ? result.output : [],
  );
  return outputs.find((output) => output.type === 'chunk')?.code ?? '';
}

/** Starts Chromium on the page. */
export async function openHarness(): Promise<OpenHarness> {
  const files: Record<string, [string, string]> = {
    '/': ['text/html', await readFile(here('./harness.html'), 'utf8')],
    '/harness.css': ['text/css', await readFile(here('./harness.css'), 'utf8')],
    '/harness.js': ['text/javascript', await bundled()],
  };
  const server = createServer((request, response) => {
    const file = files[request.url ?? '/'];
    response.writeHead(file ? 200 : 204, {
      'content-type': file?.[0] ?? 'text/plain',
      // Isolated, so that slabs in shared memory are part of the test.
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
    });
    response.end(file?.[1]);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--use-angle=swiftshader',
      '--enable-unsafe-swiftshader',
    ],
  });
  const page = await browser.newPage({ viewport: { width: 900, height: 700 } });
  page.on('pageerror', (error) => console.error(error));
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  return {
    page,
    inPage: (body, argument) =>
      page.evaluate(
        `(${body.toString()})(globalThis.harness, ${JSON.stringify(argument ?? null)})`,
      ),
    close: async () => {
      await browser.close();
      server.close();
    },
  };
}
