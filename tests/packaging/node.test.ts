// The packed package in Node, its types, and what is in it.

import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

import { beforeAll, expect, test } from 'vitest';

import { ROOT, files, pack, project } from './pack.js';

let dir: string;
beforeAll(() => {
  dir = project('node', 'script', pack('node'));
});

test('a script in Node finds bones', () => {
  const out = execFileSync(process.execPath, ['main.mjs'], { cwd: dir, encoding: 'utf8' });
  const { build, voxels } = JSON.parse(out) as { build: string; voxels: number };
  expect(build).toBe('single');
  expect(voxels).toBeGreaterThan(0);
});

test.each([
  ['Bundler', 'ESNext'],
  ['NodeNext', 'NodeNext'],
])('its types are sound with module resolution %s', (moduleResolution, module) => {
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  const options = ['--moduleResolution', moduleResolution, '--module', module];
  const { status, stdout } = spawnSync(process.execPath, [tsc, ...options], {
    cwd: dir,
    encoding: 'utf8',
  });
  expect([stdout, status]).toEqual(['', 0]);
});

test('it holds code, types and wasm, and no tests, stamps or sources', () => {
  const root = join(dir, 'node_modules/hounsfield');
  const names = files(root).map((path) => relative(root, path));
  for (const name of names) {
    expect(name).toMatch(/^(package\.json|README\.md|LICENSE.*|dist\/npm\/.*\.(js|d\.ts|wasm))$/);
    expect(name).not.toMatch(/test/);
  }
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    exports: Record<string, string | Record<string, string>>;
  };
  const targets = Object.values(exports).flatMap((each) =>
    typeof each === 'string' ? [each] : Object.values(each),
  );
  for (const target of targets.filter((each) => !each.includes('*'))) {
    expect(names).toContain(target.replace('./', ''));
  }
});
