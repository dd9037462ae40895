import { disposeSymbol } from '../dispose.js';
import { exportDicomSeg, exportNrrd, type Exported } from '../export.js';
import type { Handle } from '../protocol.js';
import type { Anatomy, CallOptions, LungMeasures, LungsReport, LungsResult } from '../types.js';
import type { Origin } from './held.js';
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
  readonly #origin: Origin;

  constructor(origin: Origin, { left, right, airways }: LungParts, report: LungsReport) {
    this.left = left;
    this.right = right;
    this.airways = airways;
    this.report = report;
    this.#origin = origin;
  }

  async measure(options?: CallOptions): Promise<LungMeasures> {
    const [left, right] = [this.#handle(this.left), this.#handle(this.right)];
    return this.#origin.home.client.call('measureLungs', { left, right }, options);
  }

  async toNifti(options?: CallOptions): Promise<Uint8Array<ArrayBuffer>> {
    const masks = this.#parts().map(({ mask }) => mask);
    return this.#origin.home.client.call('toNifti', { masks }, options);
  }

  async toNrrd(options: CallOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
    return exportNrrd(this.#origin, this.#parts(), options);
  }

  async toDicomSeg(options: CallOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
    return exportDicomSeg(this.#origin, this.#parts(), options);
  }

  /** In the order of their labels. */
  #parts(): readonly Exported[] {
    const part = (mask: MaskHandle, anatomy: Anatomy): Exported => ({
      mask: this.#handle(mask),
      segment: { name: '', anatomy },
    });
    const lungs = [part(this.left, 'leftLung'), part(this.right, 'rightLung')];
    return this.airways ? [...lungs, part(this.airways, 'airway')] : lungs;
  }

  #handle(mask: MaskHandle): Handle {
    return MaskHandle.handleOf('the mask', mask, this.#origin.home.client);
  }

  dispose(): void {
    for (const mask of [this.left, this.right, this.airways]) mask?.dispose();
  }

  [disposeSymbol](): void {
    this.dispose();
  }
}
