import { HounsfieldError } from './errors.js';
import { FormatsClient, type RemoteFormats } from './formats-client.js';
import type { Wasm } from './formats-protocol.js';
import { buffersOf, type Pack } from './input.js';
import type { InputFile } from './protocol.js';

/** How a platform reads files of other formats than NIfTI. */
export interface Reading {
  /** Where the wasm builds lie. */
  readonly formats: URL;
  readonly codecs: URL;
  /** Workers at once, at most. */
  readonly workers: number;
  start(): RemoteFormats;
  /** How files reach a worker: browsers send the file itself, Node its bytes. */
  readonly pack: Pack;
}

/** A job's workers. All of them end when the job does not. */
export interface Crew {
  /** Aborted when the caller wants no more, or when a worker was lost. */
  readonly signal: AbortSignal;
  /** The first `count` workers (fewer where the platform has fewer), started when they are not yet. */
  take(count: number): readonly [FormatsClient, ...FormatsClient[]];
  /** Where worker `client` gets the decoders from; the first compiles for all. */
  loadCodecs(client: FormatsClient): Promise<void>;
}

/** The wasm builds, compiled by the first worker that needed them. */
interface Modules {
  formats: Promise<Wasm> | null;
  codecs: Promise<Wasm> | null;
}

/** An engine's: the next set of files finds them, with the code that became fast meanwhile. */
const compiled = new WeakMap<Reading, Modules>();

/**
 * The workers that read one set of files. They are started when there is something to do, work on
 * one job at a time, and are ended by whoever has had enough: to stop a job is to end its workers.
 */
export class Pool {
  readonly #reading: Reading;
  readonly #files: readonly File[];
  #clients: FormatsClient[] = [];
  readonly #modules: Modules;
  #jobs: Promise<unknown> = Promise.resolve();
  #stop: AbortController | null = null;
  #disposed = false;

  constructor(reading: Reading, files: readonly File[]) {
    this.#reading = reading;
    this.#files = files;
    const known = compiled.get(reading);
    this.#modules = known ?? { formats: null, codecs: null };
    if (!known) compiled.set(reading, this.#modules);
  }

  /** Runs one job after those before it. */
  run<T>(signal: AbortSignal | undefined, job: (crew: Crew) => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const abort = (): void => reject(signal?.reason);
      if (signal?.aborted) return abort();
      // Who aborts does not wait, neither for this job nor for those before it.
      signal?.addEventListener('abort', abort, { once: true });
      const settled = (): void => signal?.removeEventListener('abort', abort);
      this.#jobs = this.#jobs
        .then(() => this.#work(signal, job))
        .then(resolve, reject)
        .finally(settled);
    });
  }

  /** Ends the workers; a later job starts new ones. */
  rest(reason: unknown = 'not needed any more'): void {
    for (const client of this.#clients) client.end(reason);
    this.#clients = [];
  }

  dispose(): void {
    this.#disposed = true;
    const error = disposed();
    this.#stop?.abort(error);
    this.rest(error);
  }

  async #work<T>(signal: AbortSignal | undefined, job: (crew: Crew) => Promise<T>): Promise<T> {
    if (this.#disposed) throw disposed();
    signal?.throwIfAborted();
    const stop = new AbortController();
    const abort = (): void => stop.abort(signal?.reason);
    signal?.addEventListener('abort', abort, { once: true });
    stop.signal.addEventListener('abort', () => this.rest(stop.signal.reason), { once: true });
    this.#stop = stop;
    try {
      return await job({
        signal: stop.signal,
        take: (count) => this.#take(count),
        loadCodecs: (client) => this.#loadCodecs(client),
      });
    } finally {
      this.#stop = null;
      signal?.removeEventListener('abort', abort);
    }
  }

  #take(count: number): readonly [FormatsClient, ...FormatsClient[]] {
    const wanted = Math.max(1, Math.min(count, this.#reading.workers));
    while (this.#clients.length < wanted) this.#clients.push(this.#begin());
    const [first, ...others] = this.#clients.slice(0, wanted);
    if (!first) throw new TypeError('one worker at least was wanted');
    return [first, ...others];
  }

  #begin(): FormatsClient {
    const known = this.#modules.formats;
    const client = new FormatsClient(
      this.#reading.start(),
      () => moduleOr(known, this.#reading.formats),
      () => this.#pack(),
      (error) => this.#lose(error),
    );
    if (!known) {
      this.#modules.formats = client.started;
      client.started.catch(() => {
        this.#modules.formats = null;
      });
    }
    return client;
  }

  /** Whatever made it stop, the next worker begins from nothing. */
  #lose(error: HounsfieldError): void {
    this.#modules.formats = null;
    this.#modules.codecs = null;
    if (this.#stop) this.#stop.abort(error);
    else this.rest(error);
  }

  async #pack(): Promise<{ files: readonly InputFile[]; transfer: readonly Transferable[] }> {
    const files = await Promise.all(
      this.#files.map(async (file) => ({
        ...(await this.#reading.pack(file)),
        name: pathOf(file),
      })),
    );
    return { files, transfer: buffersOf(files) };
  }

  async #loadCodecs(client: FormatsClient): Promise<void> {
    const known = this.#modules.codecs;
    const loaded = moduleOr(known, this.#reading.codecs).then((wasm) =>
      client.call('codecs', { wasm }),
    );
    if (!known) {
      this.#modules.codecs = loaded;
      loaded.catch(() => {
        this.#modules.codecs = null;
      });
    }
    await loaded;
  }
}

function disposed(): HounsfieldError {
  return new HounsfieldError('disposed', 'This listing was disposed of; list the files again.');
}

/**
 * The name with the folders in which it was chosen, where the browser tells: slices of two folders
 * may be called alike, and headers name other files.
 */
function pathOf(file: File): string {
  // Node's files have no such field.
  const { webkitRelativePath: path } = file as { readonly webkitRelativePath?: string };
  return path === undefined || path === '' ? file.name : path;
}

/** The worker that compiles for all may be ended before it has: then the next one starts anew. */
function moduleOr(known: Promise<Wasm> | null, address: URL): Promise<Wasm> {
  const anew = (): Wasm => address.href;
  return known ? known.catch(anew) : Promise.resolve(anew());
}
