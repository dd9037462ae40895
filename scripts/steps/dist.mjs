// What is published: the npm package in dist/npm, the site in dist/www.

import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { need, root, say, tool } from './run.mjs';
import { onceFor } from './stamp.mjs';

/** Tests change nothing that is published. */
const isTest = (path) => path.endsWith('.test.ts');

const COMMON = ['package-lock.json', 'tsconfig.base.json', 'crate/js'];

/** Plain tsc output and the wasm beside it, so that any bundler, or none, can use it. */
export function buildPackage() {
  const inputs = [...COMMON, 'tsconfig.npm.json'];
  return onceFor(inputs, 'dist/.npm-made-from', makePackage, isTest);
}

async function makePackage() {
  say('npm package → dist/npm');
  rmSync(join(root, 'dist/npm'), { recursive: true, force: true });
  await need(process.execPath, [tool('typescript/bin/tsc'), '--project', 'tsconfig.npm.json']);
  cpSync(join(root, 'crate/js/generated'), join(root, 'dist/npm/generated'), {
    recursive: true,
    filter: (path) => !path.endsWith('.stamp'),
  });
}

/** The app as a folder for any static host. */
export function buildSite() {
  const inputs = [...COMMON, 'tsconfig.json', 'vite.config.ts', 'www'];
  return onceFor(inputs, 'dist/.www-made-from', makeSite, isTest);
}

async function makeSite() {
  say('site → dist/www');
  await need(process.execPath, [tool('vite/bin/vite.js'), 'build']);
}
