/** Masks in other programs' formats: slices go from the engine to a worker that writes. */

import { HounsfieldError } from './errors.js';
import { FileSet } from './file-set.js';
import type { ExportStart, FileGrid, Segment } from './formats-protocol.js';
import type { Origin } from './handles/held.js';
import type { Handle } from './protocol.js';
import type { CallOptions, ExportOptions } from './types.js';

/** Bytes to a worker at a time. */
const PIECE_BYTES = 4 * 1024 ** 2;

/** A mask on its way out, and what it is of. Where masks overlap, the later one's voxels. */
export interface Exported {
  readonly mask: Handle;
  readonly segment: Segment;
}

/** As `.seg.nrrd`. */
export function exportNrrd(
  origin: Origin,
  parts: readonly Exported[],
  options: CallOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const set = new FileSet(origin.home.readers, []);
  const segments = parts.map(({ segment }) => segment);
  return exportMasks(origin, set, parts, options, (grid) => ({ as: 'nrrd', grid, segments }));
}

/** As DICOM SEG. */
export async function exportDicomSeg(
  origin: Origin,
  parts: readonly Exported[],
  options: CallOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  if (!origin.dicom) {
    throw new HounsfieldError(
      'unsupported',
      'this scan is no DICOM series as it came, so there is none to refer to: save as NIfTI or NRRD',
    );
  }
  const { plan, files } = origin.dicom;
  const [segments, now] = [parts.map(({ segment }) => segment), timeStamp(new Date())];
  return exportMasks(origin, files, parts, options, ({ remark }) => ({
    as: 'dicomSeg',
    plan,
    remark,
    segments,
    now,
  }));
}

/** Reports stage "writing". */
async function exportMasks(
  { home: { client } }: Origin,
  set: FileSet,
  parts: readonly Exported[],
  options: CallOptions,
  start: (grid: FileGrid) => ExportStart,
): Promise<Uint8Array<ArrayBuffer>> {
  const masks = parts.map(({ mask }) => mask);
  const [mask = 0] = masks;
  const grid = await client.call('fileGrid', { mask }, { signal: options.signal });
  const [ni, nj, nk] = grid.fileSize;
  const step = Math.max(1, Math.floor(PIECE_BYTES / (ni * nj)));
  return set.withOne(options, async (worker, signal) => {
    await worker.call('exportStart', start(grid));
    for (let k = 0; k < nk; k += step) {
      options.onProgress?.({ stage: 'writing', fraction: k / nk });
      const slices = await client.call('fileSlices', { masks, k, n: step }, { signal });
      await worker.call('exportPut', { k, slices }, [slices.buffer]);
    }
    return worker.call('exportFinish', null);
  });
}

export function segmentOf({ name, anatomy }: ExportOptions): Segment {
  return { name: name ?? '', anatomy: anatomy ?? 'other' };
}

/** Local date and time as `YYYYMMDDHHMMSS`. */
function timeStamp(now: Date): string {
  const two = (n: number): string => String(n).padStart(2, '0');
  const day = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`;
  return `${day}${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`;
}
