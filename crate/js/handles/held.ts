import type { Client } from '../client.js';
import { HounsfieldError } from '../errors.js';
import type { FileSet } from '../file-set.js';
import type { Home } from '../home.js';
import type { Handle } from '../protocol.js';

/** Frees in the worker what nobody disposed of and nobody can reach. A net, not a plan. */
const forgotten = new FinalizationRegistry<{ client: Client; handle: Handle }>(
  ({ client, handle }) => client.release(handle),
);

/** Where a scan came from. */
export interface Origin {
  readonly home: Home;
  /** The series a DICOM SEG refers to. */
  readonly dicom: { readonly plan: string; readonly files: FileSet } | null;
}

/** Something the worker holds, until it is disposed of. */
export class Held {
  readonly origin: Origin;
  readonly #client: Client;
  readonly #what: string;
  #handle: Handle | null;

  constructor(origin: Origin, handle: Handle, what: string) {
    const { client } = origin.home;
    this.origin = origin;
    this.#client = client;
    this.#handle = handle;
    this.#what = what;
    forgotten.register(this, { client, handle }, this);
  }

  get client(): Client {
    return this.#client;
  }

  /** The handle; throws once it was disposed of. */
  get handle(): Handle {
    if (this.#handle !== null) return this.#handle;
    throw new HounsfieldError(
      'disposed',
      `This ${this.#what} was disposed of; open or make it again.`,
    );
  }

  dispose(): void {
    if (this.#handle === null) return;
    forgotten.unregister(this);
    this.#client.release(this.#handle);
    this.#handle = null;
  }
}
