import type { Client } from '../client.js';
import { disposeSymbol } from '../dispose.js';
import { HounsfieldError } from '../errors.js';
import type { CallOptions, LungMeasures, LungsReport, LungsResult } from '../types.js';
import { MaskHandle } from './mask.js';

/** The masks of a lungs run. */
export interface LungParts {
  readonly left: MaskHandle;
  readonly right: MaskHandle;
  readonly airways: MaskHandle | null;
}

export class LungsHandle implements LungsResult {
  readonly left: MaskHandle;
  readonly right: MaskHandle;
  readonly airways: MaskHandle | null;
  readonly report: LungsReport;
  readonly #client: Client;

  constructor(client: Client, { left, right, airways }: LungParts, report: LungsReport) {
    this.left = left;
    this.right = right;
    this.airways = airways;
    this.report = report;
    this.#client = client;
  }

  async measure(options?: CallOptions): Promise<LungMeasures> {
    const [left, right] = [this.#handle('left', this.left), this.#handle('right', this.right)];
    return this.#client.call('measureLungs', { left, right }, options);
  }

  #handle(name: string, mask: MaskHandle): number {
    return MaskHandle.handleOf(name, mask, this.#client);
  }

  toNifti(): Promise<Uint8Array<ArrayBuffer>> {
    return Promise.reject(unfinished());
  }

  toNrrd(): Promise<Uint8Array<ArrayBuffer>> {
    return Promise.reject(unfinished());
  }

  toDicomSeg(): Promise<Uint8Array<ArrayBuffer>> {
    return Promise.reject(unfinished());
  }

  dispose(): void {
    for (const mask of [this.left, this.right, this.airways]) mask?.dispose();
  }

  [disposeSymbol](): void {
    this.dispose();
  }
}

function unfinished(): HounsfieldError {
  return new HounsfieldError('unsupported', 'a label map of lungs is being built');
}
