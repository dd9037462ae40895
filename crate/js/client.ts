import { badParameter } from './arguments.js';
import { HounsfieldError, wordsOf } from './errors.js';
import type { Args, Call, CallName, FromWorker, Handle, Reply, ToWorker } from './protocol.js';
import type { Stops } from './stops.js';
import type { CallOptions } from './types.js';

/** A worker as the page sees it; browsers and Node differ in it. */
export interface Remote {
  post(message: ToWorker, transfer?: readonly Transferable[]): void;
  /** `failed`: the worker could not be loaded, or something in it was not caught. */
  listen(handler: (message: FromWorker) => void, failed: (message: string) => void): void;
  terminate(): void;
}

/** Calls that wait for messages anyway: one of these stops them. */
const STOPPED_BY_MESSAGE: readonly CallName[] = ['assemble', 'assembleLabels'];

interface Pending {
  readonly resolve: (value: Reply<CallName>) => void;
  readonly reject: (reason: unknown) => void;
  readonly onProgress: CallOptions['onProgress'];
  /** Stops listening to the caller's signal, and puts the switch away. */
  readonly settle: () => void;
}

/** The page's side of the protocol, once the worker has started. */
export class Client {
  readonly lost: Promise<Error>;
  readonly #remote: Remote;
  readonly #stops: Stops;
  readonly #pending = new Map<number, Pending>();
  #nextId = 1;
  /** Why nothing can be called any more. */
  #ended: HounsfieldError | null = null;
  #resolveLost: (error: Error) => void = () => undefined;

  constructor(remote: Remote, stops: Stops) {
    this.#remote = remote;
    this.#stops = stops;
    this.lost = new Promise((resolve) => {
      this.#resolveLost = resolve;
    });
  }

  /** Sends a call. `transfer` names what the caller gives away. */
  call<N extends CallName>(
    name: N,
    args: Args<N>,
    options: CallOptions = {},
    transfer: readonly Transferable[] = [],
  ): Promise<Reply<N>> {
    const { signal, onProgress } = options;
    return new Promise<Reply<N>>((resolve, reject) => {
      if (this.#ended) return reject(this.#ended);
      if (signal?.aborted) return reject(signal.reason as unknown);
      const id = this.#nextId++;
      const stop = signal && !STOPPED_BY_MESSAGE.includes(name) ? this.#stops.arm(id) : null;
      const abort = (): void => {
        this.#pending.delete(id);
        // By message for a call that waits, by its switch for one that computes.
        this.#remote.post({ type: 'cancel', id });
        stop?.stop();
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', abort, { once: true });
      const settle = (): void => {
        signal?.removeEventListener('abort', abort);
        stop?.disarm();
      };
      const call = { name, args } as Call;
      try {
        const stopUrl = stop?.url ?? null;
        this.#remote.post({ type: 'call', id, stopUrl, ...call }, transfer);
      } catch (error) {
        settle();
        return reject(badParameter(`${name} was given what cannot be sent: ${wordsOf(error)}`));
      }
      this.#pending.set(id, { resolve: resolve as Pending['resolve'], reject, onProgress, settle });
    });
  }

  /** Lets go of what the worker holds; says nothing when there is no worker any more. */
  release(handle: Handle): void {
    if (!this.#ended) void this.call('release', { handle }).catch(() => undefined);
  }

  receive(message: FromWorker): void {
    if (message.type === 'lost') return this.lose(message.message);
    if (!('id' in message)) return;
    const pending = this.#pending.get(message.id);
    if (message.type === 'progress') {
      pending?.onProgress?.({ stage: message.stage, fraction: message.fraction });
      return;
    }
    this.#pending.delete(message.id);
    pending?.settle();
    if (message.type === 'failed') {
      pending?.reject(new HounsfieldError(message.error.code, message.error.message));
    } else if (pending) {
      pending.resolve(message.value);
    } else {
      // The caller went away while this was made.
      for (const handle of message.handles) this.release(handle);
    }
  }

  /** The worker is beyond use: everybody who waits is told, and the memory is given back. */
  lose(message: string): void {
    const error = new HounsfieldError(
      'engine_lost',
      `The engine stopped working (${message}), perhaps for lack of memory. Make a new one and open the scan again.`,
    );
    this.#end(error, () => this.#resolveLost(error));
  }

  dispose(): void {
    this.#end(new HounsfieldError('disposed', 'The engine was disposed of; make a new one.'));
  }

  /** `first` runs before the pending calls hear of it. */
  #end(error: HounsfieldError, first: () => void = () => undefined): void {
    if (this.#ended) return;
    this.#ended = error;
    this.#remote.terminate();
    first();
    for (const { reject, settle } of this.#pending.values()) {
      settle();
      reject(error);
    }
    this.#pending.clear();
  }
}
