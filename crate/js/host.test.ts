import { expect, test } from 'vitest';

import type { Build, Core } from './core.js';
import { HounsfieldError } from './errors.js';
import { serve } from './host.js';
import type { Call, FromWorker, ToWorker } from './protocol.js';

/** A worker around a core of our own making. */
function host(core: Partial<Core>) {
  const said: FromWorker[] = [];
  let tell: (message: ToWorker) => void = () => undefined;
  let wake: () => void = () => undefined;
  const build: Build = {
    load: async () => ({
      core: { version: () => '1.2.3', ...core } as Core,
      memory: new WebAssembly.Memory({ initial: 1 }),
    }),
    withPhantom: () => Promise.reject(new TypeError('no phantom here')),
  };
  const line = {
    post: (message: FromWorker) => {
      said.push(message);
      wake();
    },
    listen: (handler: (message: ToWorker) => void) => {
      tell = handler;
    },
    isGone: () => false,
  };
  serve(line, build);
  const heard = async (type: FromWorker['type'], id?: number): Promise<FromWorker> => {
    for (;;) {
      const found = said.find(
        (m) => m.type === type && (id === undefined || ('id' in m && m.id === id)),
      );
      if (found) return found;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  const call = (id: number, what: Call): void => tell({ type: 'call', id, stopUrl: null, ...what });
  return { said, heard, call, tell: (message: ToWorker) => tell(message) };
}

async function started(core: Partial<Core>) {
  const worker = host(core);
  worker.tell({ type: 'start', wasm: 'a.wasm', threads: 1, stops: null });
  await worker.heard('started');
  return worker;
}

const file = { name: 'a.nii', data: new ArrayBuffer(8) };
const input = { header: file, image: null };

test('it says that it listens before anything else, then its version', async () => {
  const worker = host({});
  expect(worker.said).toEqual([{ type: 'ready' }]);
  worker.tell({ type: 'start', wasm: 'a.wasm', threads: 1, stops: null });
  expect(await worker.heard('started')).toEqual({ type: 'started', version: '1.2.3' });
});

test('an error of the core is a failed call, and the next call works', async () => {
  const worker = await started({
    inspect: () => {
      throw new HounsfieldError('not_nifti', 'this is a JPEG');
    },
  });
  worker.call(1, { name: 'inspect', args: input });
  worker.call(2, { name: 'memory', args: null });
  expect(await worker.heard('failed', 1)).toMatchObject({ error: { code: 'not_nifti' } });
  expect(await worker.heard('done', 2)).toMatchObject({ value: { usedBytes: 65536 } });
});

test('a slip of ours is a failed call, too: the scans stay open', async () => {
  const worker = await started({ inspect: () => 'no JSON' });
  worker.call(1, { name: 'inspect', args: input });
  expect(await worker.heard('failed', 1)).toMatchObject({ error: { code: 'failed' } });
  worker.call(2, { name: 'memory', args: null });
  await worker.heard('done', 2);
});

test('a trap loses the engine: nothing after it is answered', async () => {
  const worker = await started({
    inspect: () => {
      throw new WebAssembly.RuntimeError('unreachable');
    },
  });
  worker.call(1, { name: 'inspect', args: input });
  worker.call(2, { name: 'memory', args: null });
  expect(await worker.heard('lost')).toMatchObject({ message: 'RuntimeError: unreachable' });
  expect(worker.said.at(-1)?.type).toBe('lost');
});

test('a call that was cancelled while it waited is never begun', async () => {
  const begun: string[] = [];
  const worker = await started({
    inspect: () => {
      begun.push('inspect');
      return '{}';
    },
  });
  worker.call(1, { name: 'memory', args: null });
  worker.call(2, { name: 'inspect', args: input });
  worker.call(3, { name: 'memory', args: null });
  worker.tell({ type: 'cancel', id: 2 });
  await worker.heard('done', 3);
  expect(begun).toEqual([]);
});

test('a handle that was released or never made is disposed of', async () => {
  const worker = await started({});
  worker.call(1, { name: 'slab', args: { scan: 5, z0: 0, n: 1 } });
  expect(await worker.heard('failed', 1)).toMatchObject({ error: { code: 'disposed' } });
});
