import { badParameter, shown, whole } from '../arguments.js';
import type { Client } from '../client.js';
import { disposeSymbol } from '../dispose.js';
import { exportDicomSeg, exportNrrd, segmentOf, type Exported } from '../export.js';
import type { Handle } from '../protocol.js';
import type {
  CallOptions,
  ExportOptions,
  Mask,
  MaskMeasures,
  Surface,
  SurfaceEstimate,
  SurfaceOptions,
  Triple,
} from '../types.js';
import { Held, type Origin } from './held.js';
import { estimateSurface, makeSurface } from './surface.js';

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
    return this.#held.client.call('toNifti', { masks: [this.#held.handle] }, options);
  }

  async toNrrd(options: ExportOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
    return exportNrrd(this.#held.origin, this.#exported(options), options);
  }

  async toDicomSeg(options: ExportOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
    return exportDicomSeg(this.#held.origin, this.#exported(options), options);
  }

  async surface(options?: SurfaceOptions, call?: CallOptions): Promise<Surface> {
    const { handle: mask, origin } = this.#held;
    return makeSurface(origin.home, { scan: null, mask }, options, call);
  }

  async estimateSurface(options?: Pick<SurfaceOptions, 'capBorder'>): Promise<SurfaceEstimate> {
    const { handle: mask, origin } = this.#held;
    return estimateSurface(origin.home, { scan: null, mask }, options);
  }

  #exported(options: ExportOptions): readonly Exported[] {
    return [{ mask: this.#held.handle, segment: segmentOf(options) }];
  }

  dispose(): void {
    this.#held.dispose();
  }

  [disposeSymbol](): void {
    this.dispose();
  }
}
