/** The worker's side of everything that leaves as a file. */

import { admit, roundedBytes } from './budget.js';
import type { Mask, Masks } from './core.js';
import { numbered, parse, withMasks, type Context, type Performers } from './performer.js';
import { written } from './pieces.js';
import type { Handle } from './protocol.js';

type Writing = 'toNifti' | 'fileSlices' | 'fileGrid' | 'scanToNifti' | 'aboutScan' | 'slice';

export const writing: Performers<Writing> = {
  toNifti: ({ masks }, context) => {
    const { onProgress } = context;
    const value = withLabels(masks, context, (labels, first) =>
      written((take) =>
        masks.length === 1
          ? first.toNifti(take, onProgress)
          : labels.toNifti(first, take, onProgress),
      ),
    );
    return { value, transfer: [value.buffer] };
  },

  fileSlices: ({ masks, k, n }, context) => {
    const value = withLabels(masks, context, (labels, first) => labels.fileSlices(first, k, n));
    return { value, transfer: [value.buffer] };
  },

  fileGrid: ({ mask }, { store }) => ({ value: parse(store.get('mask', mask).value.fileGrid()) }),

  scanToNifti: ({ scan }, { store, onProgress }) => {
    const { value: opened, info } = store.get('scan', scan);
    // The check goes along in the header.
    admit(roundedBytes(info), store);
    const value = written((take) => opened.toNifti(take, onProgress));
    return { value, transfer: [value.buffer] };
  },

  aboutScan: ({ scan }, { store }) => {
    const { value: opened, info } = store.get('scan', scan);
    admit(roundedBytes(info), store);
    return { value: { values: parse(opened.values()), check: opened.remark() } };
  },

  slice: ({ scan, masks, plane, index }, context) => {
    const { value: opened, info } = context.store.get('scan', scan);
    const along = JSON.stringify(plane);
    const values = opened.planeValues(along, index);
    if (masks.length === 0) {
      return { value: { values, labels: null }, transfer: [values.buffer] };
    }
    const labels = withMasks(numbered(masks), info, context, (held) =>
      opened.planeLabels(along, held, index),
    );
    return { value: { values, labels }, transfer: [values.buffer, labels.buffer] };
  },
};

/** Lends masks of one scan, numbered from 1, and the first of them. */
function withLabels<T>(
  masks: readonly Handle[],
  context: Context,
  use: (labels: Masks, first: Mask) => T,
): T {
  const [first] = masks;
  if (first === undefined) throw new TypeError('no mask to write');
  const { value, info } = context.store.get('mask', first);
  return withMasks(numbered(masks), info, context, (labels) => use(labels, value));
}
