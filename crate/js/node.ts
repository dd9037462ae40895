/**
 * The engine in Node, for scripts and tests: the same face, one thread. A `File` is read whole
 * before it is sent, because Node's workers cannot read one piece by piece.
 *
 * @packageDocumentation
 */

import { Worker, type TransferListItem } from 'node:worker_threads';

import type { Remote } from './client.js';
import { connect, type Platform } from './connect.js';
import { EngineHandle } from './engine.js';
import type { RemoteFormats } from './formats-client.js';
import type { Reading } from './readers.js';
import { planThreads } from './support.js';
import type { Engine, EngineOptions } from './types.js';

export { HounsfieldError, type ErrorCode } from './errors.js';
export type * from './types.js';

const platform: Platform = {
  wasm: new URL('./generated/single/hounsfield_bg.wasm', import.meta.url),
  phantom: new URL('./generated/phantom/hounsfield_bg.wasm', import.meta.url),
  engine: () => remote(new Worker(new URL('./node-worker.js', import.meta.url))),
  thread: () => {
    throw new TypeError('the single-threaded build has no threads');
  },
};

const reading: Reading = {
  formats: new URL('./generated/formats/hounsfield_bg.wasm', import.meta.url),
  codecs: new URL('./generated/codecs/hounsfield_bg.wasm', import.meta.url),
  workers: 1,
  start: () => remote(new Worker(new URL('./node-formats-worker.js', import.meta.url))),
  // Node's workers cannot read a `File` piece by piece: its bytes are read here and given away.
  pack: async (file) => ({ name: file.name, data: await file.arrayBuffer() }),
};

/** Starts an engine in a worker thread. The process stays alive until it is disposed of. */
export async function createEngine(options: EngineOptions = {}): Promise<Engine> {
  // Checks the option; Node has one thread whatever it says.
  planThreads(options, false);
  // Shared memory needs no permission here, so a running call can be stopped at once.
  const connection = await connect(platform, 1, true);
  const info = { build: 'single', threads: 1, reason: 'Node runs one thread' } as const;
  return new EngineHandle(connection, info, reading);
}

function remote(worker: Worker): Remote & RemoteFormats {
  return {
    post: (message, transfer: readonly Transferable[] = []) =>
      worker.postMessage(message, transfer as TransferListItem[]),
    listen: (handler: (message: never) => void, failed) => {
      worker.on('message', (message) => handler(message as never));
      worker.on('error', (error) => failed(error.message));
      worker.on('messageerror', () => failed('a message could not be read'));
      worker.on('exit', (code) => failed(`its worker ended (${code})`));
    },
    terminate: () => void worker.terminate(),
  };
}
