import { execFile } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const OUT = join(ROOT, 'tests/tmp/e2e-site');
const STAMP = join(OUT, '.built');
const SOURCES = ['www', 'crate/js', 'vite.config.ts', 'package-lock.json'];

/** Deep on purpose: the site must work wherever its folder is put. */
export const BASE = '/some/where/deep/hounsfield/';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

/** A site built elsewhere, to be tested instead of our own. */
const GIVEN = process.env['SITE'];

/** Why the site cannot be built here, or "". */
export function missing(): string {
  if (GIVEN !== undefined) return '';
  const generated = join(ROOT, 'crate/js/generated');
  return existsSync(generated)
    ? ''
    : 'crate/js/generated is not there: build the wasm artifacts first';
}

function newest(path: string): number {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  const inside = readdirSync(path).map((name) => newest(join(path, name)));
  return Math.max(0, ...inside);
}

/** The site as it ships, built once for all test files. */
export async function builtSite(): Promise<string> {
  if (GIVEN !== undefined) return GIVEN;
  const changed = Math.max(...SOURCES.map((path) => newest(join(ROOT, path))));
  const isFresh = existsSync(STAMP) && statSync(STAMP).mtimeMs > changed;
  if (!isFresh) {
    await mkdir(OUT, { recursive: true });
    // In a process of its own: inside a test run NODE_ENV is "test", and React would not be the one
    // that ships.
    const vite = join(ROOT, 'node_modules/vite/bin/vite.js');
    await promisify(execFile)(process.execPath, [vite, 'build', '--outDir', OUT], {
      cwd: ROOT,
      env: { ...process.env, NODE_ENV: 'production' },
    });
    await writeFile(STAMP, '');
  }
  return OUT;
}

export interface Served {
  readonly url: string;
  /** Every request so far: method and path. */
  readonly requests: readonly string[];
  stop(): Promise<void>;
}

/** A static host, with or without the headers that make threads possible. */
export async function serve(dir: string, isolated: boolean): Promise<Served> {
  const requests: string[] = [];
  const isolation = isolated
    ? {
        'Cross-Origin-Opener-Policy': 'same-origin',
        'Cross-Origin-Embedder-Policy': 'require-corp',
      }
    : {};
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    requests.push(`${request.method} ${pathname}`);
    const inside = pathname.startsWith(BASE) ? pathname.slice(BASE.length) : null;
    const file = inside === null ? '' : join(dir, normalize(inside || 'index.html'));
    readFile(file).then(
      (bytes) => {
        const type = TYPES[extname(file)] ?? 'application/octet-stream';
        response.writeHead(200, { 'Content-Type': type, ...isolation }).end(bytes);
      },
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${BASE}`,
    requests,
    stop: () =>
      new Promise((stopped) => {
        server.close(() => stopped());
        server.closeAllConnections();
      }),
  };
}
