import type { Remote } from './client.js';
import { connect, type Platform, type RemoteThread } from './connect.js';
import { EngineHandle } from './engine.js';
import { wordsOf } from './errors.js';
import type { RemoteFormats } from './formats-client.js';
import type { FromFormats } from './formats-protocol.js';
import type { Reading } from './readers.js';
import type { FromThread, FromWorker } from './protocol.js';
import { startConfined } from './start-worker.js';
import { isIsolated, planReaders, planThreads, requireSimd } from './support.js';
import type { Engine, EngineOptions } from './types.js';

/** Calls a function that makes a worker; see {@link startConfined}. */
type Start = (make: () => Worker) => Worker;

// Each `new URL('…', import.meta.url)` is a bare literal, in its `new Worker(…)` where it is one's:
// bundlers look for exactly that.

const single = (start: Start): Platform => ({
  wasm: new URL('./generated/single/hounsfield_bg.wasm', import.meta.url),
  phantom: new URL('./generated/phantom/hounsfield_bg.wasm', import.meta.url),
  engine: () =>
    remote(start(() => new Worker(new URL('./worker.js', import.meta.url), { type: 'module' }))),
  thread: () => {
    throw new TypeError('the single-threaded build has no threads');
  },
});

const threaded = (start: Start): Platform => ({
  wasm: new URL('./generated/threaded/hounsfield_bg.wasm', import.meta.url),
  phantom: new URL('./generated/phantom/hounsfield_bg.wasm', import.meta.url),
  engine: () =>
    remote(
      start(() => new Worker(new URL('./worker-threaded.js', import.meta.url), { type: 'module' })),
    ),
  thread: () =>
    remote(start(() => new Worker(new URL('./thread.js', import.meta.url), { type: 'module' }))),
});

const reading = (start: Start, workers: number): Reading => ({
  formats: new URL('./generated/formats/hounsfield_bg.wasm', import.meta.url),
  codecs: new URL('./generated/codecs/hounsfield_bg.wasm', import.meta.url),
  workers,
  start: () =>
    remote(
      start(() => new Worker(new URL('./formats-worker.js', import.meta.url), { type: 'module' })),
    ),
  // A reference: the worker reads the file where it is.
  pack: async (file) => ({ name: file.name, data: file }),
});

/**
 * Starts an engine: a worker with the best build this page can run. Threads need a cross-origin
 * isolated page; everywhere else one thread gives the same results. Where threads cannot be
 * started after all, one thread is used and `engine.info.reason` says why.
 */
export async function createEngine(options: EngineOptions = {}): Promise<Engine> {
  requireSimd();
  const isolated = isIsolated();
  const plan = planThreads(options, isolated);
  const start: Start = options.confine ? startConfined : (make) => make();
  const readers = reading(start, planReaders(options));
  let { reason } = plan;
  if (plan.threads > 1) {
    try {
      const connection = await connect(threaded(start), plan.threads, isolated);
      return new EngineHandle(connection, { build: 'threaded', ...plan }, readers);
    } catch (error) {
      reason = `threads could not be started (${wordsOf(error)})`;
    }
  }
  const connection = await connect(single(start), 1, isolated);
  return new EngineHandle(connection, { build: 'single', threads: 1, reason }, readers);
}

function remote(worker: Worker): Remote & RemoteThread & RemoteFormats {
  return {
    post: (message, transfer: readonly Transferable[] = []) =>
      worker.postMessage(message, [...transfer]),
    listen: (handler: (message: never) => void, failed) => {
      worker.onmessage = ({ data }: MessageEvent<FromWorker | FromThread | FromFormats>) =>
        handler(data as never);
      worker.onmessageerror = () => failed('a message could not be read');
      // A script that cannot be loaded gives an event without words.
      worker.onerror = (event) =>
        failed(event.message || 'its script could not be loaded; the browser console says more');
    },
    terminate: () => worker.terminate(),
  };
}
