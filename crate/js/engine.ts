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

/** How files reach the worker: browsers send the file itself, Node its bytes. */
export type Send = (input: InputScan) => Promise<InputScan> | InputScan;

/** The engine over a started worker. */
export class EngineHandle implements Engine {
  readonly info: EngineInfo;
  readonly #client: Client;
  readonly #send: Send;

  constructor({ client, version }: Connection, info: Omit<EngineInfo, 'version'>, send: Send) {
    this.info = { ...info, version };
    this.#client = client;
    this.#send = send;
  }

  get lost(): Promise<Error> {
    return this.#client.lost;
  }

  async inspect(files: File | readonly File[], options?: CallOptions): Promise<ScanInfo> {
    return this.#client.call('inspect', await this.#send(scanOfFiles(files)), options);
  }

  async open(files: File | readonly File[], options?: CallOptions): Promise<Scan> {
    const input = await this.#send(scanOfFiles(files));
    const { scan, info } = await this.#client.call('open', input, options);
    return new ScanHandle(this.#client, scan, info);
  }

  async phantom(
    options: PhantomOptions & CallOptions = {},
  ): Promise<{ scan: Scan; truth: { bones: Mask } }> {
    const { signal, onProgress, ...phantom } = options;
    const made = await this.#client.call('phantom', phantom, { signal, onProgress });
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

  [disposeSymbol](): void {
    this.dispose();
  }
}
