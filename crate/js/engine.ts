import { plain } from './arguments.js';
import type { Client } from './client.js';
import type { Connection } from './connect.js';
import { disposeSymbol } from './dispose.js';
import { MaskHandle, ScanHandle } from './handles.js';
import { scanOfFiles } from './input.js';
import type { InputScan } from './protocol.js';
import type {
  CallOptions,
  Engine,
  EngineInfo,
  Mask,
  PhantomOptions,
  Scan,
  ScanInfo,
} from './types.js';

/** A scan ready to be sent, and what is given away with it. */
export interface Parcel {
  readonly input: InputScan;
  readonly transfer: readonly Transferable[];
}

/** How files reach the worker: browsers send the file itself, Node its bytes. */
export type Pack = (input: InputScan) => Promise<Parcel>;

/** A browser's `File` is a reference; the worker reads it where it is. */
async function packReference(input: InputScan): Promise<Parcel> {
  return { input, transfer: [] };
}

/** The engine over a started worker. */
export class EngineHandle implements Engine {
  readonly info: EngineInfo;
  readonly #client: Client;
  readonly #pack: Pack;

  constructor(
    { client, version }: Connection,
    info: Omit<EngineInfo, 'version'>,
    pack: Pack = packReference,
  ) {
    this.info = { ...info, version };
    this.#client = client;
    this.#pack = pack;
  }

  get lost(): Promise<Error> {
    return this.#client.lost;
  }

  async inspect(files: File | readonly File[], options?: CallOptions): Promise<ScanInfo> {
    const { input, transfer } = await this.#packed(files, options);
    return this.#client.call('inspect', input, options, transfer);
  }

  async open(files: File | readonly File[], options?: CallOptions): Promise<Scan> {
    const { input, transfer } = await this.#packed(files, options);
    const { scan, info } = await this.#client.call('open', input, options, transfer);
    return new ScanHandle(this.#client, scan, info);
  }

  async phantom(
    options: PhantomOptions & CallOptions = {},
  ): Promise<{ scan: Scan; truth: { bones: Mask } }> {
    const { signal, onProgress, ...phantom } = options;
    const call = { signal, onProgress };
    const made = await this.#client.call('phantom', plain('options', phantom), call);
    const scan = new ScanHandle(this.#client, made.scan, made.info);
    const bones = new MaskHandle(this.#client, made.bones, made.info.sizeVoxel);
    return { scan, truth: { bones } };
  }

  async memory(): Promise<{ usedBytes: number; limitBytes: number }> {
    return this.#client.call('memory', null);
  }

  dispose(): void {
    this.#client.dispose();
  }

  /** Packing may take a while; who aborts does not wait for it. */
  #packed(files: File | readonly File[], options?: CallOptions): Promise<Parcel> {
    const signal = options?.signal;
    return new Promise((resolve, reject) => {
      const abort = (): void => reject(signal?.reason);
      if (signal?.aborted) return abort();
      signal?.addEventListener('abort', abort, { once: true });
      this.#pack(scanOfFiles(files))
        .then(resolve, reject)
        .finally(() => signal?.removeEventListener('abort', abort));
    });
  }

  [disposeSymbol](): void {
    this.dispose();
  }
}
