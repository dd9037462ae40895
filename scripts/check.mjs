// npm run check: what CI runs. Format, lints, types, then all tests.

import { buildPackage } from './steps/dist.mjs';
import { run, say, tool } from './steps/run.mjs';
import { setUp } from './steps/setup.mjs';

await setUp();
// Tests of the package import it as it is published, so its types must be there.
await buildPackage();

const node = process.execPath;
const checks = [
  ['Rust format', 'cargo', ['fmt', '--all', '--check']],
  [
    'Rust lints',
    'cargo',
    [
      'clippy',
      '--workspace',
      '--all-targets',
      '--all-features',
      '--locked',
      '--',
      '-D',
      'warnings',
    ],
  ],
  ['format', node, [tool('prettier/bin/prettier.cjs'), '--check', '.']],
  ['lints', node, [tool('oxlint/bin/oxlint'), '--deny-warnings']],
  ['types', node, [tool('typescript/bin/tsc'), '--noEmit']],
  ['tests', node, ['scripts/test.mjs']],
];

const failed = [];
for (const [name, program, args] of checks) {
  say(name);
  const { code } = await run(program, args);
  if (code !== 0) failed.push(name);
}
say(failed.length > 0 ? `Failed: ${failed.join(', ')}` : 'Everything is in order');
process.exitCode = failed.length > 0 ? 1 : 0;
