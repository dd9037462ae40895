// The single-threaded wasm build in Node gives what the native build gives.

import { afterAll, beforeAll, expect, test } from 'vitest';

import { createEngine } from '../../dist/npm/node.js';
import type { Engine } from '../../dist/npm/node.js';
import { cases, goldens } from './cases.js';
import { runCase } from './run.js';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());

test.each(cases)('$name', async (one) => {
  expect(await runCase(engine, one)).toEqual(goldens[one.name]);
});
