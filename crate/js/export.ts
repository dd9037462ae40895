/** Masks in other programs' formats: slices go from the engine to a worker that writes. */

import type { Client } from './client.js';
import type { FileSet } from './file-set.js';
import type { ExportStart, FileGrid, Segment } from './formats-protocol.js';
import type { Handle } from './protocol.js';
import type { CallOptions, ExportOptions } from './types.js';

/** Bytes to a worker at a time. */
const PIECE_BYTES = 4 * 1024 ** 2;

/** Writes a mask. Reports stage "writing". */
export function exportMask(
  client: Client,
  set: FileSet,
  mask: Handle,
  grid: FileGrid,
  start: ExportStart,
  options: CallOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const [ni, nj, nk] = grid.fileSize;
  const step = Math.max(1, Math.floor(PIECE_BYTES / (ni * nj)));
  return set.withOne(options, async (worker, signal) => {
    await worker.call('exportStart', start);
    for (let k = 0; k < nk; k += step) {
      options.onProgress?.({ stage: 'writing', fraction: k / nk });
      const slices = await client.call('fileSlices', { mask, k, n: step }, { signal });
      await worker.call('exportPut', { k, slices }, [slices.buffer]);
    }
    return worker.call('exportFinish', null);
  });
}

export function segmentOf({ name, anatomy }: ExportOptions): Segment {
  return { name: name ?? '', anatomy: anatomy ?? 'other' };
}

/** Local date and time as `YYYYMMDDHHMMSS`. */
export function timeStamp(now: Date): string {
  const two = (n: number): string => String(n).padStart(2, '0');
  const day = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`;
  return `${day}${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`;
}
