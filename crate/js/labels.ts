/** Files of labels into masks on a scan. */

import { FileSet } from './file-set.js';
import {
  LISTING_SHARE,
  callWithNifti,
  isNotNifti,
  partOf,
  pick,
  readSeries,
  type Home,
} from './home.js';
import { fileList, plainNifti } from './input.js';
import type { Handle, InputLabels, InputScan } from './protocol.js';
import type { CallOptions } from './types.js';

/** Opens files of labels in the engine, as masks on a scan. */
export async function openLabels(
  home: Home,
  scan: Handle,
  files: File | readonly File[],
  options: CallOptions,
): Promise<InputLabels> {
  const given = fileList(files);
  const nifti = plainNifti(given);
  if (nifti) {
    try {
      const args = (input: InputScan) => ({ scan, input });
      return await callWithNifti(home, 'openLabels', nifti, args, options);
    } catch (error) {
      if (!isNotNifti(error)) throw error;
    }
  }
  const set = new FileSet(home.reading, given);
  try {
    await set.list(partOf(options, 0, LISTING_SHARE));
    const rest = partOf(options, LISTING_SHARE, 1);
    const planned = await set.plan(pick(set.listing), {}, rest);
    const { client } = home;
    return await readSeries<InputLabels>(
      set,
      planned,
      {
        file: (input, call, transfer) => client.call('openLabels', { scan, input }, call, transfer),
        planes: (input, call, transfer) =>
          client.call('assembleLabels', { scan, input }, call, transfer),
      },
      rest,
    );
  } finally {
    set.dispose();
  }
}
