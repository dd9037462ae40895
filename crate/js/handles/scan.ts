import { badParameter, list, options as optionsOf, plain, shown, whole } from '../arguments.js';
import { datasetFiles, writeDataset, type DatasetSource } from '../dataset.js';
import { disposeSymbol } from '../dispose.js';
import { openLabels } from '../labels.js';
import type { Handle } from '../protocol.js';
import type {
  BonesParams,
  BonesResult,
  CallOptions,
  CheckItem,
  ComponentCurve,
  DataFile,
  Histogram,
  HistogramOptions,
  IntensitySummary,
  LabelMeasures,
  LabelledMask,
  LungsParams,
  LungsResult,
  Mask,
  MaskOptions,
  PrepareStep,
  Prepared,
  RecipeStep,
  Scan,
  ScanInfo,
  SlicesOptions,
  Surface,
  SurfaceEstimate,
  SurfaceOptions,
  ThresholdChoice,
} from '../types.js';
import { BonesHandle } from './bones.js';
import { Held, type Origin } from './held.js';
import { LungsHandle } from './lungs.js';
import { MaskHandle } from './mask.js';
import { estimateSurface, makeSurface } from './surface.js';

export class ScanHandle implements Scan {
  readonly info: ScanInfo;
  readonly #held: Held;
  /** That made it what it is. */
  readonly #steps: readonly PrepareStep[];

  constructor(origin: Origin, handle: Handle, info: ScanInfo, steps: readonly PrepareStep[] = []) {
    this.info = info;
    this.#steps = steps;
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
    if (recipe === 'lungs') return this.#lungs(second as LungsParams | undefined, third);
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

  async #lungs(params: LungsParams = {}, options?: CallOptions): Promise<LungsResult> {
    const { client, handle, origin } = this.#held;
    const args = { scan: handle, params: plain('params', params) };
    const made = await client.call('lungs', args, options);
    const mask = (of: Handle): MaskHandle => new MaskHandle(origin, of, this.info.sizeVoxel);
    const airways = made.airways === null ? null : mask(made.airways);
    const parts = { left: mask(made.left), right: mask(made.right), airways };
    return new LungsHandle(origin, parts, made.report);
  }

  async measure(
    labels: readonly { readonly name: string; readonly mask: Mask }[],
    call?: CallOptions,
  ): Promise<readonly LabelMeasures[]> {
    const { client, handle: scan } = this.#held;
    const named = list('labels', labels).map(({ name, mask }, k) => {
      if (typeof name === 'string') return { name, mask: this.#mask(`labels.${k}.mask`, mask) };
      throw badParameter(`labels.${k}.name is ${shown(name)}, but it must be a text`);
    });
    return client.call('measureLabels', { scan, labels: named }, call);
  }

  async histogram(given: HistogramOptions = {}): Promise<Histogram> {
    const { mask, binHu = 1 } = optionsOf('options', given);
    const { client, handle: scan } = this.#held;
    const inside = mask === undefined ? null : this.#mask('mask', mask);
    const args = { scan, mask: inside, binHu: whole('binHu', binHu, 1, 2 ** 16 - 1) };
    return client.call('histogram', args, given);
  }

  async surface(
    options: SurfaceOptions & { readonly levelHu: number },
    call?: CallOptions,
  ): Promise<Surface> {
    const { handle: scan, origin } = this.#held;
    return makeSurface(origin.home, { scan, mask: null }, options, call);
  }

  async estimateSurface(
    options: Pick<SurfaceOptions, 'levelHu' | 'capBorder'>,
  ): Promise<SurfaceEstimate> {
    const { handle: scan, origin } = this.#held;
    return estimateSurface(origin.home, { scan, mask: null }, options);
  }

  async prepare(
    steps: readonly PrepareStep[],
    masks: readonly Mask[] = [],
    call?: CallOptions,
  ): Promise<Prepared> {
    const { client, handle: scan, origin } = this.#held;
    const args = {
      scan,
      steps: plain('steps', list('steps', steps)),
      masks: list('masks', masks).map((mask, k) => this.#mask(`masks.${k}`, mask)),
    };
    const made = await client.call('prepare', args, call);
    // It is another grid than that of the files: no DICOM SEG can refer to them.
    const here: Origin = { home: origin.home, dicom: null };
    return {
      scan: new ScanHandle(here, made.scan, made.info, [...this.#steps, ...args.steps]),
      masks: made.masks.map((mask) => new MaskHandle(here, mask, made.info.sizeVoxel)),
    };
  }

  async toNifti(call?: CallOptions): Promise<Uint8Array<ArrayBuffer>> {
    const { client, handle: scan } = this.#held;
    return client.call('scanToNifti', { scan }, call);
  }

  slices(given?: SlicesOptions): AsyncIterable<DataFile> {
    return datasetFiles(this.#source(), given);
  }

  async toDataset(given?: SlicesOptions): Promise<Blob> {
    const pieces: BlobPart[] = [];
    await writeDataset(this.#source(), given, true, ({ bytes }) => void pieces.push(bytes));
    return new Blob(pieces, { type: 'application/zip' });
  }

  #source(): DatasetSource {
    return {
      home: this.#held.origin.home,
      scan: this.#held.handle,
      info: this.info,
      steps: this.#steps,
      handleOf: (name, mask) => MaskHandle.handleOf(name, mask, this.#held.client),
    };
  }

  #mask(name: string, mask: Mask): Handle {
    return MaskHandle.handleOf(name, mask, this.#held.client);
  }

  async openMasks(
    files: File | readonly File[],
    options: MaskOptions = {},
  ): Promise<readonly LabelledMask[]> {
    const { origin, handle } = this.#held;
    const { sizeVoxel } = this.info;
    const found = await openLabels(origin.home, { handle, sizeVoxel }, files, options);
    return found.flatMap(({ source, notes, masks }) =>
      masks.map(({ label, colour, mask }) => {
        return { label, colour, mask: new MaskHandle(origin, mask, sizeVoxel), source, notes };
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
