import { badParameter, plain, shown, whole } from './arguments.js';
import type { Client } from './client.js';
import { disposeSymbol } from './dispose.js';
import { HounsfieldError } from './errors.js';
import { exportMask, segmentOf, timeStamp } from './export.js';
import { FileSet } from './file-set.js';
import type { ExportStart, FileGrid } from './formats-protocol.js';
import type { Home } from './home.js';
import { openLabels } from './labels.js';
import type { Handle } from './protocol.js';
import type {
  BonesParams,
  BonesReport,
  BonesResult,
  CallOptions,
  CheckItem,
  ComponentCurve,
  ExportOptions,
  Histogram,
  IntensitySummary,
  LabelMeasures,
  LabelledMask,
  LungsParams,
  LungsResult,
  Mask,
  MaskMeasures,
  Prepared,
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

/** Where a scan came from. */
export interface Origin {
  readonly home: Home;
  /** The series a DICOM SEG refers to. */
  readonly dicom: { readonly plan: string; readonly files: FileSet } | null;
}

/** Something the worker holds, until it is disposed of. */
class Held {
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

export class MaskHandle implements Mask {
  readonly sizeVoxel: Triple;
  readonly #held: Held;

  constructor(origin: Origin, handle: Handle, sizeVoxel: Triple) {
    this.sizeVoxel = sizeVoxel;
    this.#held = new Held(origin, handle, 'mask');
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
    const segment = segmentOf(options);
    return this.#export(set, options, (grid) => ({ as: 'nrrd', grid, segment }));
  }

  async toDicomSeg(options: ExportOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
    const { dicom } = this.#held.origin;
    if (!dicom) {
      throw new HounsfieldError(
        'unsupported',
        'this scan did not come as DICOM, so there is no series to refer to: save the mask as NIfTI or NRRD',
      );
    }
    const [segment, now, { plan, files }] = [segmentOf(options), timeStamp(new Date()), dicom];
    return this.#export(files, options, ({ remark }) => ({
      as: 'dicomSeg',
      plan,
      remark,
      segment,
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

export class ScanHandle implements Scan {
  readonly info: ScanInfo;
  readonly #held: Held;

  constructor(origin: Origin, handle: Handle, info: ScanInfo) {
    this.info = info;
    this.#held = new Held(origin, handle, 'scan');
  }

  async intensity(): Promise<IntensitySummary> {
    return this.#held.client.call('intensity', { scan: this.#held.handle });
  }

  async check(options?: CallOptions): Promise<readonly CheckItem[]> {
    return this.#held.client.call('check', { scan: this.#held.handle }, options);
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
  segment(recipe: 'lungs', params?: LungsParams, options?: CallOptions): Promise<LungsResult>;
  segment(recipe: readonly RecipeStep[], options?: CallOptions): Promise<Mask>;
  async segment(
    recipe: 'bones' | 'lungs' | readonly RecipeStep[],
    second?: BonesParams | LungsParams | CallOptions,
    third?: CallOptions,
  ): Promise<BonesResult | LungsResult | Mask> {
    // By the signatures above: what stands second depends on the first.
    if (recipe === 'bones') return this.#bones(second as BonesParams | undefined, third);
    if (recipe === 'lungs') throw unfinished('lungs');
    if (!Array.isArray(recipe)) {
      const known = "'bones', 'lungs' or a list of steps";
      throw badParameter(`recipe is ${shown(recipe)}, but it must be ${known}`);
    }
    const { client, handle } = this.#held;
    const steps = plain('recipe', recipe as readonly RecipeStep[]);
    const made = await client.call(
      'recipe',
      { scan: handle, steps },
      second as CallOptions | undefined,
    );
    return new MaskHandle(this.#held.origin, made.mask, this.info.sizeVoxel);
  }

  async #bones(params: BonesParams = {}, options?: CallOptions): Promise<BonesResult> {
    const { client, handle } = this.#held;
    const args = { scan: handle, params: plain('params', params) };
    const made = await client.call('bones', args, options);
    const mask = new MaskHandle(this.#held.origin, made.mask, this.info.sizeVoxel);
    return new BonesHandle(this.#held.origin, made.bones, mask, made.report);
  }

  measure(): Promise<readonly LabelMeasures[]> {
    return Promise.reject(unfinished('measure'));
  }

  histogram(): Promise<Histogram> {
    return Promise.reject(unfinished('histogram'));
  }

  prepare(): Promise<Prepared> {
    return Promise.reject(unfinished('prepare'));
  }

  async openMasks(
    files: File | readonly File[],
    options: CallOptions = {},
  ): Promise<readonly LabelledMask[]> {
    const { origin, handle } = this.#held;
    const { sizeVoxel } = this.info;
    const found = await openLabels(origin.home, { handle, sizeVoxel }, files, options);
    return found.flatMap(({ source, notes, masks }) =>
      masks.map(({ label, mask }) => {
        return { label, mask: new MaskHandle(origin, mask, sizeVoxel), source, notes };
      }),
    );
  }

  dispose(): void {
    this.#held.dispose();
  }

  [disposeSymbol](): void {
    this.dispose();
  }
}

function unfinished(what: string): HounsfieldError {
  return new HounsfieldError('unsupported', `${what} is being built`);
}
