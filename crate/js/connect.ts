import { Client, type Remote } from './client.js';
import { HounsfieldError } from './errors.js';
import type { FromThread, FromWorker, ToThread } from './protocol.js';
import { Stops } from './stops.js';

/** A worker that becomes one of the engine's threads. */
export interface RemoteThread {
  post(message: ToThread): void;
  listen(handler: (message: FromThread) => void, failed: (message: string) => void): void;
  terminate(): void;
}

/** How a platform starts workers. */
export interface Platform {
  /** Where the wasm build lies. */
  readonly wasm: URL;
  /** And the phantom's. */
  readonly phantom: URL;
  engine(): Remote;
  thread(): RemoteThread;
}

/** A started engine. */
export interface Connection {
  readonly client: Client;
  readonly version: string;
  /** Where the phantom's wasm lies. */
  readonly phantom: URL;
}

/**
 * Starts an engine's worker and, for `threads` above 1, the workers that share its memory. All of
 * them belong to the page, so that a trap in any ends the engine instead of leaving the others
 * waiting for it.
 */
export function connect(
  platform: Platform,
  threads: number,
  isolated: boolean,
): Promise<Connection> {
  const stops = new Stops(isolated);
  const engine = platform.engine();
  const pool: RemoteThread[] = [];
  const remote: Remote = {
    ...engine,
    post: (message, transfer) => engine.post(message, transfer),
    terminate: () => {
      engine.terminate();
      for (const thread of pool) thread.terminate();
    },
  };
  const client = new Client(remote, stops);

  return new Promise((resolve, reject) => {
    let started = false;
    const fail = (message: string): void => {
      client.lose(message);
      if (!started) {
        reject(new HounsfieldError('engine_failed', `The engine could not be started: ${message}`));
      }
    };
    const receive = (message: FromWorker): void => {
      switch (message.type) {
        case 'ready':
          return remote.post({
            type: 'start',
            wasm: platform.wasm.href,
            threads,
            stops: stops.shared,
          });
        case 'threadsWanted':
          void startPool(platform, pool, threads - 1, message, fail).then(() =>
            remote.post({ type: 'threadsRunning' }),
          );
          return;
        case 'started':
          started = true;
          return resolve({ client, version: message.version, phantom: platform.phantom });
        case 'lost':
          return fail(message.message);
        default:
          return client.receive(message);
      }
    };
    engine.listen(receive, fail);
  });
}

/** Resolves when all threads wait for work. */
async function startPool(
  platform: Platform,
  pool: RemoteThread[],
  count: number,
  { module, memory }: ToThread,
  fail: (message: string) => void,
): Promise<void> {
  const running = Array.from({ length: count }, () => {
    const thread = platform.thread();
    pool.push(thread);
    return new Promise<void>((resolve) => {
      thread.listen((message) => {
        if (message.type === 'ready') thread.post({ module, memory });
        else if (message.type === 'running') resolve();
        else fail(message.message);
      }, fail);
    });
  });
  await Promise.all(running);
}
