import { badParameter, plain, shown, whole } from './arguments.js';
import type { Client } from './client.js';
import { disposeSymbol } from './dispose.js';
import { HounsfieldError } from './errors.js';
import type { Handle } from './protocol.js';
import type {
  BonesParams,
  BonesReport,
  BonesResult,
  CallOptions,
  ComponentCurve,
  IntensitySummary,
  Mask,
  MaskMeasures,
  RecipeStep,
  Scan,
  ScanInfo,
  ThresholdChoice,
  Triple,
} from './types.js';

/** Frees in the worker what nobody disposed of and nobody can reach. A net, not a plan. */
const forgotten = new FinalizationRegistry<{ client: Client; handle: Handle }>(
  ({ client, handle }) => client.release(handle),
);

/** Something the worker holds, until it is disposed of. */
class Held {
  readonly #client: Client;
  readonly #what: string;
  #handle: Handle | null;

  constructor(client: Client, handle: Handle, what: string) {
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

export class MaskHandle implements Mask {
  readonly sizeVoxel: Triple;
  readonly #held: Held;

  constructor(client: Client, handle: Handle, sizeVoxel: Triple) {
    this.sizeVoxel = sizeVoxel;
    this.#held = new Held(client, handle, 'mask');
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

  dispose(): void {
    this.#held.dispose();
  }

  [disposeSymbol](): void {
    this.dispose();
  }
}

export class BonesHandle implements BonesResult {
  readonly mask: Mask;
  readonly #held: Held;
  #report: BonesReport;

  constructor(client: Client, handle: Handle, mask: Mask, report: BonesReport) {
    this.mask = mask;
    this.#held = new Held(client, handle, 'bones result');
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

export class ScanHandle implements Scan {
  readonly info: ScanInfo;
  readonly #held: Held;

  constructor(client: Client, handle: Handle, info: ScanInfo) {
    this.info = info;
    this.#held = new Held(client, handle, 'scan');
  }

  async intensity(): Promise<IntensitySummary> {
    return this.#held.client.call('intensity', { scan: this.#held.handle });
  }

  async slab(z0: number, n: number): Promise<Int16Array<ArrayBuffer>> {
    const args = { scan: this.#held.handle, z0: whole('z0', z0), n: whole('n', n) };
    return this.#held.client.call('slab', args);
  }

  async curve(
    params: Pick<BonesParams, 'neighbourhood'> = {},
    options?: CallOptions,
  ): Promise<{ curve: ComponentCurve; choice: ThresholdChoice }> {
    const neighbourhood = whole('neighbourhood', params.neighbourhood ?? 26, 6, 26);
    const args = { scan: this.#held.handle, neighbourhood };
    return this.#held.client.call('curve', args, options);
  }

  segment(recipe: 'bones', params?: BonesParams, options?: CallOptions): Promise<BonesResult>;
  segment(recipe: readonly RecipeStep[], options?: CallOptions): Promise<Mask>;
  async segment(
    recipe: 'bones' | readonly RecipeStep[],
    second?: BonesParams | CallOptions,
    third?: CallOptions,
  ): Promise<BonesResult | Mask> {
    // By the two signatures above: what stands second depends on the first.
    if (recipe === 'bones') return this.#bones(second as BonesParams | undefined, third);
    if (!Array.isArray(recipe)) {
      throw badParameter(`recipe is ${shown(recipe)}, but it must be 'bones' or a list of steps`);
    }
    const { client, handle } = this.#held;
    const steps = plain('recipe', recipe as readonly RecipeStep[]);
    const made = await client.call(
      'recipe',
      { scan: handle, steps },
      second as CallOptions | undefined,
    );
    return new MaskHandle(client, made.mask, this.info.sizeVoxel);
  }

  async #bones(params: BonesParams = {}, options?: CallOptions): Promise<BonesResult> {
    const { client, handle } = this.#held;
    const args = { scan: handle, params: plain('params', params) };
    const made = await client.call('bones', args, options);
    const mask = new MaskHandle(client, made.mask, this.info.sizeVoxel);
    return new BonesHandle(client, made.bones, mask, made.report);
  }

  dispose(): void {
    this.#held.dispose();
  }

  [disposeSymbol](): void {
    this.dispose();
  }
}
