// The product's wasm builds in Chromium, behind the same `ask` as the other peers.

import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

const TYPES = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
  '.gz': 'application/octet-stream',
};

const ISOLATED = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/** Serves the repository, cross-origin isolated, and `/data.nii.gz` from `file`. */
export async function serve(root, file) {
  return serveFiles((path) => (path === '/data.nii.gz' ? file() : join(root, path)), ISOLATED);
}

/** Serves whatever `find` makes of a path. */
export async function serveFiles(find, extraHeaders) {
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, 'http://x').pathname));
    const found = find(path.endsWith('/') ? `${path}index.html` : path);
    const headers = {
      ...extraHeaders,
      'Content-Type': TYPES[extname(found)] ?? 'application/octet-stream',
    };
    if (!existsSync(found) || statSync(found).isDirectory())
      return response.writeHead(404, headers).end();
    response.writeHead(200, headers);
    createReadStream(found).pipe(response);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { address: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}

/** Starts Chromium itself. `flags` are V8's. */
export async function startChromium(flags = [], more = []) {
  const { chromium } = await import('playwright-core');
  const executablePath =
    process.env.CHROMIUM ??
    ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
  if (!executablePath)
    throw new Error('no Chromium found: install it, or set CHROMIUM to its path');
  const args = ['--no-sandbox', '--headless=new', `--js-flags=${flags.join(' ')}`, ...more];
  return chromium.launch({ executablePath, args });
}

/** Starts Chromium on the bench's page. */
export async function launch(address) {
  const browser = await startChromium();
  const page = await browser.newPage();
  page.setDefaultTimeout(0);
  await page.goto(`${address}/tests/bench/page/`);
  await page.waitForFunction(() => typeof globalThis.start === 'function');
  return {
    version: browser.version(),
    close: () => browser.close(),
    /** An engine with `threads` threads, as a peer. */
    engine: async (threads) => {
      await page.evaluate((n) => globalThis.start(n), threads);
      return {
        name: `Chromium, ${threads} thread${threads > 1 ? 's' : ''}`,
        ask: (verb, rest) =>
          page.evaluate(([n, v, r]) => globalThis.ask(n, v, r), [threads, verb, rest]),
        end: () => page.evaluate((n) => globalThis.stop(n), threads),
      };
    },
  };
}
