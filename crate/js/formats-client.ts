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

/** Files on their way, and what of them is given away. */
export interface Packed {
  readonly files: readonly InputFile[];
  readonly transfer: readonly Transferable[];
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
  /** Whether it has the decoders; the readers' to remember. */
  codecs: Promise<WebAssembly.Module> | null = null;
  /** Hears once of a worker that cannot be used any more. */
  onLost: (error: HounsfieldError) => void = () => undefined;
  readonly #remote: RemoteFormats;
  readonly #pending = new Map<number, Pending>();
  #nextId = 1;
  /** Resolved when it has been given its files. */
  #given: Promise<unknown> = Promise.resolve();
  #ended: { readonly reason: unknown } | null = null;
  #resolveStarted: (module: WebAssembly.Module) => void = () => undefined;
  #rejectStarted: (reason: unknown) => void = () => undefined;

  constructor(remote: RemoteFormats, wasm: () => Promise<Wasm>) {
    this.#remote = remote;
    this.started = new Promise((resolve, reject) => {
      this.#resolveStarted = resolve;
      this.#rejectStarted = reject;
    });
    // Whoever waits for it hears of it; nobody has to.
    this.started.catch(() => undefined);
    const fail = (message: string): void => this.#fail(message);
    remote.listen((message) => {
      switch (message.type) {
        case 'ready':
          void wasm().then((code) => {
            if (!this.#ended) remote.post({ type: 'start', wasm: code });
          });
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

  /** From now on calls are about these files. */
  give(packed: Promise<Packed>): void {
    this.catalogue = null;
    this.#given = Promise.all([packed, this.started])
      .then(([{ files, transfer }]) => {
        // The reply is not waited for: the next call comes behind it, and hears what went wrong.
        this.#call('files', { files }, transfer).catch(() => undefined);
      })
      .catch((error: unknown) => this.#fail(wordsOf(error)));
  }

  /** Takes the files away: how much memory it holds without them. */
  rest(): Promise<number> {
    this.catalogue = null;
    return this.call('rest', null);
  }

  /** Sends a call, once the worker has its files. `transfer` names what the caller gives away. */
  async call<N extends FormatsCallName>(
    name: N,
    args: FormatsArgs<N>,
    transfer: readonly Transferable[] = [],
  ): Promise<FormatsReply<N>> {
    await this.started;
    await this.#given;
    return this.#call(name, args, transfer);
  }

  #call<N extends FormatsCallName>(
    name: N,
    args: FormatsArgs<N>,
    transfer: readonly Transferable[],
  ): Promise<FormatsReply<N>> {
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

  #fail(message: string): void {
    // Of a worker that was ended, its end is no news.
    if (this.#ended) return;
    const error = new HounsfieldError(
      'reader_lost',
      `The reader of these files stopped working (${message}), perhaps for lack of memory. Open scans are not touched; try fewer files.`,
    );
    this.end(error);
    this.onLost(error);
  }

  #settle(message: Extract<FromFormats, { readonly id: number }>): void {
    const pending = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    if (message.type === 'done') pending?.resolve(message.value);
    else pending?.reject(new HounsfieldError(message.error.code, message.error.message));
  }
}
