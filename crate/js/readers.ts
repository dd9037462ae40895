import { FormatsClient, type RemoteFormats } from './formats-client.js';
import type { Wasm } from './formats-protocol.js';
import type { Pack } from './input.js';

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

/** A worker that rests is kept for so long: to start one takes about as long as to list a study. */
const IDLE_MS = 10_000;

/** One that has grown beyond this is not: wasm never gives memory back. */
const IDLE_BYTES = 32 * 1024 ** 2;

/**
 * An engine's workers that read files, while no set of files has them, and the wasm builds,
 * compiled by the first worker that needed them.
 */
export class Readers {
  readonly reading: Reading;
  #idle: FormatsClient[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #disposed = false;
  #formats: Promise<Wasm> | null = null;
  #codecs: Promise<Wasm> | null = null;

  constructor(reading: Reading) {
    this.reading = reading;
  }

  /** One that rests, or a new one. */
  take(): FormatsClient {
    return this.#idle.pop() ?? this.#begin();
  }

  /** One that has done its work. */
  give(client: FormatsClient): void {
    if (this.#disposed || this.#idle.length >= this.reading.workers) {
      return client.end('not needed any more');
    }
    this.#idle.push(client);
    client.onLost = () => {
      this.distrust();
      this.#drop(client);
    };
    client.rest().then(
      (bytes) => {
        if (bytes > IDLE_BYTES && this.#drop(client)) client.end('it has grown too large');
      },
      () => undefined,
    );
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#end('not needed any more'), IDLE_MS);
  }

  /** After a trap, or memory that ran out, the next worker begins from nothing. */
  distrust(): void {
    this.#formats = null;
    this.#codecs = null;
  }

  /** Gives a worker the decoders, where it has none; the first compiles for all. */
  async loadCodecs(client: FormatsClient): Promise<void> {
    if (!client.codecs) {
      const known = this.#codecs;
      const loaded = moduleOr(known, this.reading.codecs).then((wasm) =>
        client.call('codecs', { wasm }),
      );
      client.codecs = loaded;
      if (!known) {
        this.#codecs = loaded;
        loaded.catch(() => {
          this.#codecs = null;
        });
      }
    }
    await client.codecs;
  }

  dispose(): void {
    this.#disposed = true;
    this.#end('the engine was disposed of');
  }

  #begin(): FormatsClient {
    const known = this.#formats;
    const client = new FormatsClient(this.reading.start(), () =>
      moduleOr(known, this.reading.formats),
    );
    if (!known) {
      this.#formats = client.started;
      client.started.catch(() => {
        this.#formats = null;
      });
    }
    return client;
  }

  /** Was it here? */
  #drop(client: FormatsClient): boolean {
    const before = this.#idle.length;
    this.#idle = this.#idle.filter((each) => each !== client);
    return this.#idle.length < before;
  }

  #end(reason: string): void {
    clearTimeout(this.#timer);
    for (const client of this.#idle) client.end(reason);
    this.#idle = [];
  }
}

/** The worker that compiles for all may be ended before it has: then the next one starts anew. */
function moduleOr(known: Promise<Wasm> | null, address: URL): Promise<Wasm> {
  const anew = (): Wasm => address.href;
  return known ? known.catch(anew) : Promise.resolve(anew());
}
