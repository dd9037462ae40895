import { plain } from './arguments.js';
import { LIMIT_BYTES } from './budget.js';
import type { Connection } from './connect.js';
import { disposeSymbol } from './dispose.js';
import { HounsfieldError } from './errors.js';
import { FileSet, planOptions } from './file-set.js';
import { MaskHandle } from './handles/mask.js';
import { ScanHandle } from './handles/scan.js';
import { SurfaceHandle } from './handles/surface.js';
import {
  LISTING_SHARE,
  callWithNifti,
  isNotNifti,
  partOf,
  pick,
  readSeries,
  type Home,
} from './home.js';
import { fileList, plainNifti, type PlainNifti } from './input.js';
import { ListingHandle, listingOf } from './listing.js';
import { Readers, type Reading } from './readers.js';
import { encodeSurfaces, openSurfaces } from './surfaces.js';
import type {
  CallOptions,
  Engine,
  EngineInfo,
  Listing,
  Mask,
  OpenOptions,
  PhantomOptions,
  Scan,
  ScanInfo,
  SeriesInfo,
  Surface,
  SurfaceFormat,
} from './types.js';

/** The engine over a started worker. */
export class EngineHandle implements Engine {
  readonly info: EngineInfo;
  readonly #home: Home;
  readonly #phantom: URL;
  /** Of listings that are there; their workers end with the engine. */
  readonly #sets = new Set<FileSet>();

  constructor(
    { client, version, phantom }: Connection,
    info: Omit<EngineInfo, 'version'>,
    reading: Reading,
  ) {
    this.info = { ...info, version };
    this.#home = { client, readers: new Readers(reading) };
    this.#phantom = phantom;
  }

  get lost(): Promise<Error> {
    return this.#home.client.lost;
  }

  async list(files: File | readonly File[], options: CallOptions = {}): Promise<Listing> {
    const given = fileList(files);
    const nifti = plainNifti(given);
    // A file with a slip in its header is listed, too: by those who tell what is wrong.
    const info = nifti && (await this.#inspect(nifti, options).catch(passIfOfFile));
    if (nifti && info) {
      const data = listingOf(info, given.length);
      const inspect = (_: SeriesInfo, call: OpenOptions) =>
        this.#inspect(nifti, partOf(call, 0, 1));
      const open = (_: SeriesInfo, call: OpenOptions): Promise<Scan> => this.#open(nifti, call);
      return new ListingHandle({ data, inspect, open, dispose: () => undefined });
    }
    const set = await this.#listed(given, options);
    const sets = this.#sets.add(set);
    const dispose = (): void => {
      set.dispose();
      sets.delete(set);
    };
    const inspect = (series: SeriesInfo, call: OpenOptions): Promise<ScanInfo> =>
      inspectSeries(set, series, call);
    const open = (series: SeriesInfo, call: OpenOptions): Promise<Scan> =>
      this.#openSeries(set, series, call);
    return new ListingHandle({ data: set.listing, inspect, open, dispose });
  }

  async inspect(files: File | readonly File[], options: OpenOptions = {}): Promise<ScanInfo> {
    const part = partOf(options, 0, 1);
    return this.#either(files, options, {
      nifti: (nifti) => this.#inspect(nifti, part),
      series: (set, series) => inspectSeries(set, series, options),
    });
  }

  async open(files: File | readonly File[], options: OpenOptions = {}): Promise<Scan> {
    return this.#either(files, options, {
      nifti: (nifti) => this.#open(nifti, options),
      series: (set, series) => {
        const rest = { ...options, ...partOf(options, LISTING_SHARE, 1) };
        return this.#openSeries(set, series, rest);
      },
    });
  }

  async phantom(
    options: PhantomOptions & CallOptions = {},
  ): Promise<{ scan: Scan; truth: { bones: Mask } }> {
    const { signal, onProgress, ...rest } = options;
    const call = { signal, onProgress };
    const { client } = this.#home;
    const args = { options: plain('options', rest), wasm: this.#phantom.href };
    const made = await client.call('phantom', args, call);
    const origin = { home: this.#home, dicom: null };
    const scan = new ScanHandle(origin, made.scan, made.info);
    const bones = new MaskHandle(origin, made.bones, made.info.sizeVoxel);
    return { scan, truth: { bones } };
  }

  async encodeSurfaces(
    surfaces: readonly Surface[],
    format: SurfaceFormat,
    call?: CallOptions,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const written = SurfaceHandle.written(surfaces, this.#home.client);
    return encodeSurfaces(this.#home, written, format, call);
  }

  async openSurfaces(file: File, call?: CallOptions): Promise<readonly Surface[]> {
    const made = await openSurfaces(this.#home, file, call);
    return made.map((each) => new SurfaceHandle(this.#home, each));
  }

  async memory(): Promise<{ usedBytes: number; limitBytes: number }> {
    return this.#home.client.call('memory', null);
  }

  dispose(): void {
    this.#home.client.dispose();
    for (const set of this.#sets) set.dispose();
    this.#sets.clear();
    this.#home.readers.dispose();
  }

  /** What only looks like NIfTI goes the other way; when that leads nowhere, the first word stays. */
  async #either<T>(
    files: File | readonly File[],
    options: OpenOptions,
    ways: {
      nifti(nifti: PlainNifti): Promise<T>;
      series(set: FileSet, series: SeriesInfo): Promise<T>;
    },
  ): Promise<T> {
    const given = fileList(files);
    const nifti = plainNifti(given);
    let refused: unknown = null;
    if (nifti) {
      try {
        return await ways.nifti(nifti);
      } catch (error) {
        if (!isNotNifti(error)) throw error;
        refused = error;
      }
    }
    const set = await this.#listed(given, partOf(options, 0, LISTING_SHARE));
    try {
      if (refused && set.listing.series.length === 0) throw refused;
      return await ways.series(set, pick(set.listing, options.series));
    } finally {
      set.dispose();
    }
  }

  #inspect(nifti: PlainNifti, options: CallOptions): Promise<ScanInfo> {
    return callWithNifti(this.#home, 'inspect', nifti, (input) => input, options);
  }

  async #open(nifti: PlainNifti, options: CallOptions): Promise<Scan> {
    const made = await callWithNifti(this.#home, 'open', nifti, (input) => input, options);
    return new ScanHandle({ home: this.#home, dicom: null }, made.scan, made.info);
  }

  async #listed(files: readonly File[], options: CallOptions): Promise<FileSet> {
    const set = new FileSet(this.#home.readers, files);
    try {
      await set.list(options);
    } catch (error) {
      set.dispose();
      throw error;
    }
    return set;
  }

  async #openSeries(set: FileSet, series: SeriesInfo, options: OpenOptions): Promise<Scan> {
    const call = partOf(options, 0, 1);
    const planned = await set.plan(series, planOptions(options), call);
    const { client } = this.#home;
    const made = await readSeries(
      set,
      planned,
      {
        file: (input, inner, transfer) => client.call('open', input, inner, transfer),
        planes: (input, inner, transfer) =>
          client.call('assemble', { name: series.title, input }, inner, transfer),
      },
      call,
    );
    const { plan, text } = planned;
    const dicom = plan.reader === 'dicom' ? { plan: text, files: set.only(plan) } : null;
    return new ScanHandle({ home: this.#home, dicom }, made.scan, made.info);
  }

  [disposeSymbol](): void {
    this.dispose();
  }
}

/** What a series will be, from its headers. */
async function inspectSeries(
  set: FileSet,
  series: SeriesInfo,
  options: OpenOptions,
): Promise<ScanInfo> {
  const { info } = await set.plan(series, planOptions(options), partOf(options, 0, 1));
  return { ...info, name: series.title, limitBytes: LIMIT_BYTES };
}

/** Codes that say something about the caller or the engine, and nothing about the file. */
const NOT_OF_FILE = ['bad_parameter', 'disposed', 'engine_lost', 'failed'];

/** An error about a file is no answer, but not the last word either; all others are thrown. */
function passIfOfFile(error: unknown): null {
  if (error instanceof HounsfieldError && !NOT_OF_FILE.includes(error.code)) return null;
  throw error;
}
