// npm run docs: the API of the Rust crates and of the npm package, into dist/docs.

import { cpSync } from 'node:fs';
import { join } from 'node:path';

import { need, root, say, tool } from './steps/run.mjs';
import { setUp } from './steps/setup.mjs';

await setUp();
say('Rust');
await need('cargo', ['doc', '--no-deps', '--package', 'hounsfield', '--locked']);
cpSync(join(root, 'target/doc'), join(root, 'dist/docs/rust'), { recursive: true });
say('TypeScript');
const typedoc = {
  tsconfig: 'tsconfig.npm.json',
  out: 'dist/docs/js',
  readme: 'none',
  disableGit: 'true',
  sourceLinkTemplate: '{path}',
};
const options = Object.entries(typedoc).flatMap(([name, value]) => [`--${name}`, value]);
const entries = ['crate/js/index.ts', 'crate/js/viewer/index.ts'];
await need(process.execPath, [tool('typedoc/bin/typedoc'), ...entries, ...options]);
say('dist/docs/rust/hounsfield/index.html and dist/docs/js/index.html');
