/** What handles share: the engine they belong to, and ways from files into it. */

import { badParameter, shown } from './arguments.js';
import type { Client } from './client.js';
import { HounsfieldError } from './errors.js';
import type { FileSet, ListingData, Planned } from './file-set.js';
import { buffersOf, packScan, type PlainNifti } from './input.js';
import type { Args, CallName, InputPlanes, InputScan, Reply } from './protocol.js';
import type { Readers } from './readers.js';
import type { CallOptions, SeriesInfo } from './types.js';

/** Of opening files: what looking into them takes of the whole, roughly. */
export const LISTING_SHARE = 0.2;

/** An engine, as its handles need it. */
export interface Home {
  readonly client: Client;
  readonly readers: Readers;
}

/** Calls that take a NIfTI file in `input`. */
type Opens = Extract<CallName, 'inspect' | 'open' | 'openLabels'>;

/** Sends a NIfTI file. Packing may take a while; who aborts does not wait for it. */
export async function callWithNifti<N extends Opens>(
  { client, readers }: Home,
  name: N,
  nifti: PlainNifti,
  args: (input: InputScan) => Args<N>,
  options: CallOptions,
): Promise<Reply<N>> {
  const { input, transfer } = await orAborted(
    packScan(nifti, readers.reading.pack),
    options.signal,
  );
  return client.call(name, args(input), options, transfer);
}

/** How a planned series gets into the engine: by the core's own reader, or plane by plane. */
export interface Ways<T> {
  file(input: InputScan, options: CallOptions, transfer: readonly Transferable[]): Promise<T>;
  planes(input: InputPlanes, options: CallOptions, transfer: readonly Transferable[]): Promise<T>;
}

/** Reads a planned series into the engine. */
export async function readSeries<T>(
  set: FileSet,
  planned: Planned,
  ways: Ways<T>,
  options: CallOptions,
): Promise<T> {
  const { plan } = planned;
  if (plan.reader !== 'nifti') {
    return set.read(planned, options, (input, signal) =>
      ways.planes(input, { ...options, signal }, [...input.ports]),
    );
  }
  const voxels = plan.planes[0]?.parts?.[0]?.place;
  const header = plan.header ?? voxels;
  if (!header || !voxels) throw new TypeError('a NIfTI plan without a file');
  const apart = header.file !== voxels.file || header.entry !== voxels.entry;
  const input = {
    header: await set.fileAt(header, options),
    image: apart ? await set.fileAt(voxels, options) : null,
  };
  return ways.file(input, options, buffersOf([input.header, input.image]));
}

/** The series that is meant; refuses what the listing does not have. */
export function pick({ series, suggested, reason, leftOut }: ListingData, id?: string): SeriesInfo {
  const wanted = id ?? suggested;
  const found = series.find((each) => each.id === wanted);
  if (found) return found;
  if (series.length > 0) {
    const ids = series.map((each) => each.id).join(', ');
    throw badParameter(`series is ${shown(id)}, but the listing has ${ids}`);
  }
  const [only, ...others] = leftOut;
  if (only && others.length === 0) throw new HounsfieldError(only.code, only.reason);
  throw new HounsfieldError('not_a_scan', reason || 'there is no scan in these files');
}

/** Waits no longer than until somebody aborts. */
export function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal?.reason);
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal?.removeEventListener('abort', abort));
  });
}

/** Is this no NIfTI file after all, whatever its name says? */
export function isNotNifti(error: unknown): boolean {
  return error instanceof HounsfieldError && error.code === 'not_nifti';
}

/** A part of a job, as seen by whoever waits for the whole. */
export function partOf(
  { signal, onProgress }: CallOptions,
  from: number,
  to: number,
): { signal?: AbortSignal | undefined; onProgress?: CallOptions['onProgress'] } {
  const report: CallOptions['onProgress'] =
    onProgress &&
    (({ stage, fraction }) => onProgress({ stage, fraction: from + (to - from) * fraction }));
  return { signal, onProgress: report };
}
