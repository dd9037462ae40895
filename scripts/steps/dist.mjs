// What is published: the npm package in dist/npm, the site in dist/www.

import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { need, root, say, tool } from './run.mjs';
import { onceFor } from './stamp.mjs';

const COMMON = ['package-lock.json', 'tsconfig.base.json', 'crate/js'];

/** Plain tsc output and the wasm beside it, so that any bundler, or none, can use it. */
export function buildPackage() {
  const inputs = [...COMMON, 'tsconfig.npm.json'];
  return onceFor(inputs, 'dist/.npm-made-from', async () => {
    say('npm package → dist/npm');
    rmSync(join(root, 'dist/npm'), { recursive: true, force: true });
    await need(process.execPath, [tool('typescript/bin/tsc'), '--project', 'tsconfig.npm.json']);
    const generated = join(root, 'crate/js/generated');
    cpSync(generated, join(root, 'dist/npm/generated'), {
      recursive: true,
      filter: (path) => !path.endsWith('.stamp'),
    });
  });
}

/** The app as a folder for any static host. */
export function buildSite() {
  const inputs = [...COMMON, 'tsconfig.json', 'vite.config.ts', 'www'];
  return onceFor(inputs, 'dist/.www-made-from', async () => {
    say('site → dist/www');
    await need(process.execPath, [tool('vite/bin/vite.js'), 'build']);
  });
}
