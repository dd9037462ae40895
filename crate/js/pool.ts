import { HounsfieldError } from './errors.js';
import type { FormatsClient, Packed } from './formats-client.js';
import { buffersOf } from './input.js';
import type { Readers } from './readers.js';

/** A job's workers. All of them end when it is stopped. */
export interface Crew {
  /** Aborted when the caller wants no more, or when a worker was lost. */
  readonly signal: AbortSignal;
  /** The first `count` workers (fewer where the platform has fewer), started when they are not yet. */
  take(count: number): readonly [FormatsClient, ...FormatsClient[]];
  /** Where worker `client` gets the decoders from; the first compiles for all. */
  loadCodecs(client: FormatsClient): Promise<void>;
}

/**
 * The workers that read one set of files. They are taken when there is something to do, work on one
 * job at a time, and are given back afterwards; to stop a job is to end its workers.
 */
export class Pool {
  readonly #readers: Readers;
  readonly #files: readonly File[];
  #clients: FormatsClient[] = [];
  #jobs: Promise<unknown> = Promise.resolve();
  #stop: AbortController | null = null;
  #disposed = false;

  constructor(readers: Readers, files: readonly File[]) {
    this.#readers = readers;
    this.#files = files;
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

  /** Gives the workers back; a later job takes others. */
  rest(): void {
    for (const client of this.#clients) this.#readers.give(client);
    this.#clients = [];
  }

  /** Ends the workers, whatever they do. */
  end(reason: unknown): void {
    for (const client of this.#clients) client.end(reason);
    this.#clients = [];
  }

  dispose(): void {
    this.#disposed = true;
    this.#stop?.abort(disposed());
    this.rest();
  }

  async #work<T>(signal: AbortSignal | undefined, job: (crew: Crew) => Promise<T>): Promise<T> {
    if (this.#disposed) throw disposed();
    signal?.throwIfAborted();
    const stop = new AbortController();
    const abort = (): void => stop.abort(signal?.reason);
    signal?.addEventListener('abort', abort, { once: true });
    stop.signal.addEventListener('abort', () => this.end(stop.signal.reason), { once: true });
    this.#stop = stop;
    try {
      return await job({
        signal: stop.signal,
        take: (count) => this.#take(count),
        loadCodecs: (client) => this.#readers.loadCodecs(client),
      });
    } finally {
      this.#stop = null;
      signal?.removeEventListener('abort', abort);
    }
  }

  #take(count: number): readonly [FormatsClient, ...FormatsClient[]] {
    const wanted = Math.max(1, Math.min(count, this.#readers.reading.workers));
    while (this.#clients.length < wanted) this.#clients.push(this.#begin());
    const [first, ...others] = this.#clients.slice(0, wanted);
    if (!first) throw new TypeError('one worker at least was wanted');
    return [first, ...others];
  }

  #begin(): FormatsClient {
    const client = this.#readers.take();
    client.onLost = (error) => {
      this.#readers.distrust();
      if (this.#stop) this.#stop.abort(error);
      else this.end(error);
    };
    client.give(this.#pack());
    return client;
  }

  async #pack(): Promise<Packed> {
    const files = await Promise.all(
      this.#files.map(async (file) => ({
        ...(await this.#readers.reading.pack(file)),
        name: pathOf(file),
      })),
    );
    return { files, transfer: buffersOf(files) };
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
