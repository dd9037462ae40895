import type { Remote } from './client.js';
import { connect, type Platform, type RemoteThread } from './connect.js';
import { EngineHandle } from './engine.js';
import { wordsOf } from './errors.js';
import type { FromThread, FromWorker } from './protocol.js';
import { isIsolated, planThreads, requireSimd } from './support.js';
import type { Engine, EngineOptions } from './types.js';

// Each `new Worker(new URL('…', import.meta.url))` is a bare literal: bundlers look for exactly that.

const single: Platform = {
  engine: () => remote(new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })),
  thread: () => {
    throw new TypeError('the single-threaded build has no threads');
  },
};

const threaded: Platform = {
  engine: () =>
    remote(new Worker(new URL('./worker-threaded.js', import.meta.url), { type: 'module' })),
  thread: () => remote(new Worker(new URL('./thread.js', import.meta.url), { type: 'module' })),
};

/**
 * Starts an engine: a worker with the best build this page can run. Threads need a cross-origin
 * isolated page; everywhere else one thread gives the same results. Where threads cannot be
 * started after all, one thread is used and `engine.info.reason` says why.
 */
export async function createEngine(options: EngineOptions = {}): Promise<Engine> {
  requireSimd();
  const isolated = isIsolated();
  const plan = planThreads(options, isolated);
  let { reason } = plan;
  if (plan.threads > 1) {
    try {
      const connection = await connect(threaded, plan.threads, isolated);
      return new EngineHandle(connection, { build: 'threaded', ...plan }, (input) => input);
    } catch (error) {
      reason = `threads could not be started (${wordsOf(error)})`;
    }
  }
  const connection = await connect(single, 1, isolated);
  return new EngineHandle(connection, { build: 'single', threads: 1, reason }, (input) => input);
}

function remote(worker: Worker): Remote & RemoteThread {
  return {
    post: (message, transfer: readonly Transferable[] = []) =>
      worker.postMessage(message, [...transfer]),
    listen: (handler: (message: never) => void, failed) => {
      worker.onmessage = ({ data }: MessageEvent<FromWorker | FromThread>) =>
        handler(data as never);
      worker.onmessageerror = () => failed('a message could not be read');
      // A script that cannot be loaded gives an event without words.
      worker.onerror = (event) =>
        failed(event.message || 'its script could not be loaded; the browser console says more');
    },
    terminate: () => worker.terminate(),
  };
}
