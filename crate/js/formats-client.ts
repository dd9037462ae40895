import { HounsfieldError, wordsOf } from './errors.js';
import type {
  FormatsArgs,
  FormatsCall,
  FormatsCallName,
  FormatsReply,
  FromFormats,
  ToFormats,
  Wasm,
} from './formats-protocol.js';
import type { InputFile } from './protocol.js';

/** A worker that reads files, as the page sees it; browsers and Node differ in it. */
export interface RemoteFormats {
  post(message: ToFormats, transfer?: readonly Transferable[]): void;
  listen(handler: (message: FromFormats) => void, failed: (message: string) => void): void;
  terminate(): void;
}

interface Pending {
  readonly resolve: (value: FormatsReply<FormatsCallName>) => void;
  readonly reject: (reason: unknown) => void;
}

/** The page's side of one worker that reads files. */
export class FormatsClient {
  /** The compiled wasm, once it has started. */
  readonly started: Promise<WebAssembly.Module>;
  /** Which catalogue it keeps; the pool's to remember. */
  catalogue: unknown = null;
  readonly #remote: RemoteFormats;
  readonly #pending = new Map<number, Pending>();
  #nextId = 1;
  #ended: { readonly reason: unknown } | null = null;
  #resolveStarted: (module: WebAssembly.Module) => void = () => undefined;
  #rejectStarted: (reason: unknown) => void = () => undefined;

  /** `lost` hears once of a worker that cannot be used any more. */
  constructor(
    remote: RemoteFormats,
    wasm: () => Promise<Wasm>,
    pack: () => Promise<{ files: readonly InputFile[]; transfer: readonly Transferable[] }>,
    lost: (error: HounsfieldError) => void,
  ) {
    this.#remote = remote;
    this.started = new Promise((resolve, reject) => {
      this.#resolveStarted = resolve;
      this.#rejectStarted = reject;
    });
    // Whoever waits for it hears of it; nobody has to.
    this.started.catch(() => undefined);
    const fail = (message: string): void => {
      // Of a worker that was ended, its end is no news.
      if (this.#ended) return;
      const error = new HounsfieldError(
        'reader_lost',
        `The reader of these files stopped working (${message}), perhaps for lack of memory. Open scans are not touched; try fewer files.`,
      );
      this.end(error);
      lost(error);
    };
    remote.listen((message) => {
      switch (message.type) {
        case 'ready':
          void Promise.all([wasm(), pack()]).then(
            ([code, { files, transfer }]) => {
              if (!this.#ended) remote.post({ type: 'start', wasm: code, files }, transfer);
            },
            (error: unknown) => fail(wordsOf(error)),
          );
          return;
        case 'started':
          return this.#resolveStarted(message.module);
        case 'lost':
          return fail(message.message);
        default:
          return this.#settle(message);
      }
    }, fail);
  }

  /** Sends a call, once the worker has started. `transfer` names what the caller gives away. */
  async call<N extends FormatsCallName>(
    name: N,
    args: FormatsArgs<N>,
    transfer: readonly Transferable[] = [],
  ): Promise<FormatsReply<N>> {
    await this.started;
    return new Promise<FormatsReply<N>>((resolve, reject) => {
      if (this.#ended) return reject(this.#ended.reason);
      const id = this.#nextId++;
      this.#pending.set(id, { resolve: resolve as Pending['resolve'], reject });
      this.#remote.post({ type: 'call', id, ...({ name, args } as FormatsCall) }, transfer);
    });
  }

  /** Ends the worker, whatever it does; who waits for it gets `reason`. */
  end(reason: unknown): void {
    if (this.#ended) return;
    this.#ended = { reason };
    this.#remote.terminate();
    this.#rejectStarted(reason);
    for (const { reject } of this.#pending.values()) reject(reason);
    this.#pending.clear();
  }

  #settle(message: Extract<FromFormats, { readonly id: number }>): void {
    const pending = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    if (message.type === 'done') pending?.resolve(message.value);
    else pending?.reject(new HounsfieldError(message.error.code, message.error.message));
  }
}
