import { badParameter, shown, whole } from '../arguments.js';
import type { Client } from '../client.js';
import { disposeSymbol } from '../dispose.js';
import { HounsfieldError } from '../errors.js';
import { exportMask, segmentOf, timeStamp } from '../export.js';
import { FileSet } from '../file-set.js';
import type { ExportStart, FileGrid } from '../formats-protocol.js';
import type { Handle } from '../protocol.js';
import type { CallOptions, ExportOptions, Mask, MaskMeasures, Triple } from '../types.js';
import { Held, type Origin } from './held.js';

export class MaskHandle implements Mask {
  readonly sizeVoxel: Triple;
  readonly #held: Held;

  constructor(origin: Origin, handle: Handle, sizeVoxel: Triple) {
    this.sizeVoxel = sizeVoxel;
    this.#held = new Held(origin, handle, 'mask');
  }

  /** What the worker knows a given mask by; refuses what is none, or another engine's. */
  static handleOf(name: string, mask: unknown, client: Client): Handle {
    if (typeof mask !== 'object' || mask === null || !(#held in mask)) {
      throw badParameter(`${name} is ${shown(mask)}, but it must be a mask`);
    }
    if (mask.#held.client === client) return mask.#held.handle;
    throw badParameter(
      `${name} is a mask of another engine; open the scan there, or the mask here`,
    );
  }

  async bits(z0: number, n: number): Promise<Uint8Array<ArrayBuffer>> {
    const args = { mask: this.#held.handle, z0: whole('z0', z0), n: whole('n', n) };
    return this.#held.client.call('bits', args);
  }

  async measure(options?: CallOptions): Promise<MaskMeasures> {
    return this.#held.client.call('measure', { mask: this.#held.handle }, options);
  }

  async toNifti(options?: CallOptions): Promise<Uint8Array<ArrayBuffer>> {
    return this.#held.client.call('toNifti', { mask: this.#held.handle }, options);
  }

  async toNrrd(options: ExportOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
    const set = new FileSet(this.#held.origin.home.reading, []);
    const segments = [segmentOf(options)];
    return this.#export(set, options, (grid) => ({ as: 'nrrd', grid, segments }));
  }

  async toDicomSeg(options: ExportOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
    const { dicom } = this.#held.origin;
    if (!dicom) {
      throw new HounsfieldError(
        'unsupported',
        'this scan is no DICOM series as it came, so there is none to refer to: save the mask as NIfTI or NRRD',
      );
    }
    const segments = [segmentOf(options)];
    const [now, { plan, files }] = [timeStamp(new Date()), dicom];
    return this.#export(files, options, ({ remark }) => ({
      as: 'dicomSeg',
      plan,
      remark,
      segments,
      now,
    }));
  }

  async #export(
    set: FileSet,
    options: ExportOptions,
    start: (grid: FileGrid) => ExportStart,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const { client, handle: mask } = this.#held;
    const grid = await client.call('fileGrid', { mask }, { signal: options.signal });
    return exportMask(client, set, mask, grid, start(grid), options);
  }

  dispose(): void {
    this.#held.dispose();
  }

  [disposeSymbol](): void {
    this.dispose();
  }
}
