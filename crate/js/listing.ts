import { disposeSymbol } from './dispose.js';
import { HounsfieldError } from './errors.js';
import type { ListingData } from './file-set.js';
import { pick } from './home.js';
import type { LeftOut, Listing, OpenOptions, Scan, ScanInfo, SeriesInfo } from './types.js';

/** What stands behind a listing. */
export interface Listed {
  readonly data: ListingData;
  inspect(series: SeriesInfo, options: OpenOptions): Promise<ScanInfo>;
  open(series: SeriesInfo, options: OpenOptions): Promise<Scan>;
  /** Must not keep the listing alive. */
  dispose(): void;
}

/** Ends the workers of listings that nobody disposed of and nobody can reach. A net, not a plan. */
const forgotten = new FinalizationRegistry<Listed>((listed) => listed.dispose());

/** Listings that are opening something: kept, though nobody else may hold them any more. */
const busy = new Map<ListingHandle, number>();

export class ListingHandle implements Listing {
  readonly series: readonly SeriesInfo[];
  readonly suggested: string | null;
  readonly reason: string;
  readonly leftOut: readonly LeftOut[];
  #listed: Listed | null;

  constructor(listed: Listed) {
    ({
      series: this.series,
      suggested: this.suggested,
      reason: this.reason,
      leftOut: this.leftOut,
    } = listed.data);
    this.#listed = listed;
    forgotten.register(this, listed, this);
  }

  inspect(options: OpenOptions = {}): Promise<ScanInfo> {
    return this.#with((listed) => listed.inspect(pick(listed.data, options.series), options));
  }

  open(options: OpenOptions = {}): Promise<Scan> {
    return this.#with((listed) => listed.open(pick(listed.data, options.series), options));
  }

  async #with<T>(work: (listed: Listed) => Promise<T>): Promise<T> {
    const listed = this.#listed;
    if (!listed) {
      throw new HounsfieldError('disposed', 'This listing was disposed of; list the files again.');
    }
    busy.set(this, (busy.get(this) ?? 0) + 1);
    try {
      return await work(listed);
    } finally {
      const others = (busy.get(this) ?? 1) - 1;
      if (others > 0) busy.set(this, others);
      else busy.delete(this);
    }
  }

  dispose(): void {
    forgotten.unregister(this);
    this.#listed?.dispose();
    this.#listed = null;
  }

  [disposeSymbol](): void {
    this.dispose();
  }
}

/** The listing of a plain NIfTI file: the engine knows all there is to say. */
export function listingOf(info: ScanInfo, files: number): ListingData {
  const { name: title, format, sizeVoxel, spacingMm, volumeBytes, notes, facts } = info;
  const series: SeriesInfo = {
    id: '1',
    title,
    format,
    modality: facts.modality,
    files,
    sizeVoxel,
    spacingMm,
    fileSpacingMm: spacingMm,
    volumeBytes,
    notes,
    asks: { gaps: false, tilt: false, spacing: false, turnOver: false },
  };
  return { series: [series], suggested: '1', reason: 'It is the only scan.', leftOut: [] };
}
