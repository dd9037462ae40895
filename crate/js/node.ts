/**
 * The engine in Node, for scripts and tests: the same face, one thread. A `File` is read whole
 * before it is sent, because Node's workers cannot read one piece by piece.
 *
 * @packageDocumentation
 */

import { Worker } from 'node:worker_threads';

import type { Remote } from './client.js';
import { connect, type Platform } from './connect.js';
import { EngineHandle, type Parcel } from './engine.js';
import type { FromWorker, InputFile, InputScan } from './protocol.js';
import { planThreads } from './support.js';
import type { Engine, EngineOptions } from './types.js';

export { HounsfieldError, type ErrorCode } from './errors.js';
export type * from './types.js';

const platform: Platform = {
  wasm: new URL('./generated/single/hounsfield_bg.wasm', import.meta.url),
  engine: remote,
  thread: () => {
    throw new TypeError('the single-threaded build has no threads');
  },
};

/** Starts an engine in a worker thread. The process stays alive until it is disposed of. */
export async function createEngine(options: EngineOptions = {}): Promise<Engine> {
  // Checks the option; Node has one thread whatever it says.
  planThreads(options, false);
  // Shared memory needs no permission here, so a running call can be stopped at once.
  const connection = await connect(platform, 1, true);
  const info = { build: 'single', threads: 1, reason: 'Node runs one thread' } as const;
  return new EngineHandle(connection, info, packBytes);
}

function remote(): Remote {
  const worker = new Worker(new URL('./node-worker.js', import.meta.url));
  return {
    post: (message, transfer = []) => worker.postMessage(message, transfer as ArrayBuffer[]),
    listen: (handler, failed) => {
      worker.on('message', (message: FromWorker) => handler(message));
      worker.on('error', (error) => failed(error.message));
      worker.on('messageerror', () => failed('a message could not be read'));
      worker.on('exit', (code) => failed(`its worker ended (${code})`));
    },
    terminate: () => void worker.terminate(),
  };
}

/** Node's workers cannot read a `File` piece by piece: its bytes are read here and given away. */
async function packBytes({ header, image }: InputScan): Promise<Parcel> {
  const input = { header: await inMemory(header), image: image && (await inMemory(image)) };
  const transfer = [input.header.data, ...(input.image ? [input.image.data] : [])];
  return { input, transfer };
}

async function inMemory({ name, data }: InputFile): Promise<{ name: string; data: ArrayBuffer }> {
  return { name, data: data instanceof Blob ? await data.arrayBuffer() : data };
}
