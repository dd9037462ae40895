/** Files of other formats than NIfTI: what is in them, and how they become planes. */

import { HounsfieldError } from './errors.js';
import type { FormatsClient } from './formats-client.js';
import type { Place, Plan, PlanOptions } from './formats-protocol.js';
import { Pool, type Crew } from './pool.js';
import type { InputFile } from './protocol.js';
import type { Readers } from './readers.js';
import type { CallOptions, Listing, OpenOptions, ScanInfo, SeriesInfo } from './types.js';

/** What a listing says. */
export type ListingData = Pick<Listing, 'series' | 'suggested' | 'reason' | 'leftOut'>;

/** A volume to be. */
export interface Planned {
  readonly series: SeriesInfo;
  readonly plan: Plan;
  /** The plan for other workers, as JSON. */
  readonly text: string;
  /** But for its name and what only the engine knows. */
  readonly info: Omit<ScanInfo, 'name' | 'limitBytes'>;
}

/** Planes on their way to the engine. */
export interface Planes {
  readonly plan: string;
  /** Those that have slices. */
  readonly planes: readonly number[];
  /** One to each worker that reads. */
  readonly ports: readonly MessagePort[];
}

/** Files to a worker at a time, at most: often enough for progress, seldom enough to cost nothing. */
const FILES_A_CALL = 64;

/** Files that are looked into, at most; as many as the command takes. */
const FILES_MAX = 200_000;

export class FileSet {
  readonly files: readonly File[];
  readonly #readers: Readers;
  readonly #pool: Pool;
  /** What was found, as JSON; kept for workers that are started later. */
  #items: readonly string[] = [];
  #listing: ListingData = { series: [], suggested: null, reason: '', leftOut: [] };

  constructor(readers: Readers, files: readonly File[]) {
    this.files = files;
    this.#readers = readers;
    this.#pool = new Pool(readers, files);
  }

  get listing(): ListingData {
    return this.#listing;
  }

  /** Looks into all files; headers only. Reports stage "listing". */
  async list({ signal, onProgress }: CallOptions): Promise<void> {
    if (this.files.length > FILES_MAX) {
      const sentence = `there are more than ${FILES_MAX} files: name a folder of the study`;
      throw new HounsfieldError('bad_parameter', sentence);
    }
    await this.#pool.run(signal, async (crew) => {
      const count = this.files.length;
      const crewed = crew.take(count);
      const step = Math.min(FILES_A_CALL, Math.ceil(count / (4 * crewed.length)));
      const items: string[] = [];
      let [next, done] = [0, 0];
      const look = async (client: FormatsClient): Promise<void> => {
        for (let first = next; first < count; first = next) {
          next = Math.min(count, first + step);
          const end = next;
          items.push(await client.call('scan', { first, end }));
          done += end - first;
          onProgress?.({ stage: 'listing', fraction: done / count });
        }
      };
      // While a worker looks into some files, it reads what the next ones begin with.
      await Promise.all([...crewed, ...crewed].map(look));
      this.#items = items;
      const [first] = crewed;
      this.#listing = JSON.parse(await this.#catalogue(first)) as ListingData;
    });
  }

  /** The volume to be of a series. */
  plan(series: SeriesInfo, options: PlanOptions, call: CallOptions): Promise<Planned> {
    return this.#pool.run(call.signal, (crew) => this.#plan(crew, series, options));
  }

  /**
   * Reads a series' planes: `take` gets the ends of the lines on which workers answer.
   */
  async read<T>(
    planned: Planned,
    call: CallOptions,
    take: (planes: Planes, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const { plan, text } = planned;
    const planes = inFileOrder(plan);
    return this.#job(call, async (crew) => {
      const crewed = crew.take(plan.sequential ? 1 : planes.length);
      if (plan.needsCodecs) await Promise.all(crewed.map((client) => crew.loadCodecs(client)));
      const ports = crewed.map((client) => {
        const { port1, port2 } = new MessageChannel();
        // A worker that is lost ends the crew, and with it the engine's call.
        client.call('read', { plan: text, port: port1 }, [port1]).catch(() => undefined);
        return port2;
      });
      return take({ plan: text, planes, ports }, crew.signal);
    });
  }

  /** A file, or an archive's entry, as the engine's own reader takes it. */
  async fileAt(place: Place, { signal }: CallOptions): Promise<InputFile> {
    const file = this.files[place.file];
    if (!file) throw new TypeError(`there is no file number ${place.file}`);
    if (place.entry === null) return this.#readers.reading.pack(file);
    const { buffer } = await this.#pool.run(signal, ({ take }) =>
      take(1)[0].call('bytes', { place }),
    );
    return { name: file.name, data: buffer };
  }

  /** The same files for another crew, without those that a plan does not need. */
  only(plan: Plan): FileSet {
    const needed = new Set<number>();
    for (const { parts } of plan.planes)
      for (const { place } of parts ?? []) needed.add(place.file);
    const files = this.files.map((file, k) => (needed.has(k) ? file : new File([], file.name)));
    return new FileSet(this.#readers, files);
  }

  /** A job for one worker, which keeps what it is given until the job is done. */
  withOne<T>(
    call: CallOptions,
    job: (client: FormatsClient, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    return this.#job(call, ({ take, signal }) => job(take(1)[0], signal));
  }

  dispose(): void {
    this.#pool.dispose();
  }

  #job<T>({ signal }: CallOptions, job: (crew: Crew) => Promise<T>): Promise<T> {
    return this.#pool.run(signal, async (crew) => {
      try {
        const value = await job(crew);
        this.#pool.rest();
        return value;
      } catch (error) {
        // What it left half done is nobody's.
        this.#pool.end(error);
        throw error;
      }
    });
  }

  async #plan(crew: Crew, series: SeriesInfo, options: PlanOptions): Promise<Planned> {
    const [client] = crew.take(1);
    await this.#catalogue(client);
    const { plan: text, info } = await client.call('plan', { series: series.id, options });
    return {
      series,
      text,
      plan: JSON.parse(text) as Plan,
      info: JSON.parse(info) as Planned['info'],
    };
  }

  /** The listing as JSON; gives the worker the items, unless it has them. */
  async #catalogue(client: FormatsClient): Promise<string> {
    if (client.catalogue === this.#items) return '';
    const listing = await client.call('catalogue', { items: this.#items });
    client.catalogue = this.#items;
    return listing;
  }
}

/**
 * The planes that have slices, in the order in which these lie in their files: large entries of
 * archives can only be gone through from front to back.
 */
export function inFileOrder({ planes }: Pick<Plan, 'planes'>): readonly number[] {
  const found = planes.flatMap(({ parts }, k) => {
    const [first] = parts ?? [];
    if (!first) return [];
    return [{ k, at: [first.place.file, first.place.entry ?? -1, first.frame ?? 0] }];
  });
  const apart = (a: readonly number[], b: readonly number[]): number =>
    a.map((n, i) => n - (b[i] ?? 0)).find((d) => d !== 0) ?? 0;
  found.sort((a, b) => apart(a.at, b.at) || a.k - b.k);
  return found.map(({ k }) => k);
}

/** For options that only the planning of a volume knows. */
export function planOptions({ gaps, tilt, spacingMm, turnOver }: OpenOptions): PlanOptions {
  return {
    ...(gaps === undefined ? {} : { gaps }),
    ...(tilt === undefined ? {} : { tilt }),
    ...(spacingMm === undefined ? {} : { spacingMm }),
    ...(turnOver === undefined ? {} : { turnOver }),
  };
}
