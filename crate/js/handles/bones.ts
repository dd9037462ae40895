import { whole } from '../arguments.js';
import { disposeSymbol } from '../dispose.js';
import type { Handle } from '../protocol.js';
import type { BonesReport, BonesResult, Mask } from '../types.js';
import { Held, type Origin } from './held.js';

export class BonesHandle implements BonesResult {
  readonly mask: Mask;
  readonly #held: Held;
  #report: BonesReport;

  constructor(origin: Origin, handle: Handle, mask: Mask, report: BonesReport) {
    this.mask = mask;
    this.#held = new Held(origin, handle, 'bones result');
    this.#report = report;
  }

  /** The numbers, as of the last {@link setPart}. */
  get report(): BonesReport {
    return this.#report;
  }

  async setPart(id: number, kept: boolean): Promise<BonesReport> {
    const args = { bones: this.#held.handle, id: whole('id', id), kept: Boolean(kept) };
    this.#report = await this.#held.client.call('setPart', args);
    return this.#report;
  }

  dispose(): void {
    this.mask.dispose();
    this.#held.dispose();
  }

  [disposeSymbol](): void {
    this.dispose();
  }
}
