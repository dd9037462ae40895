/** The worker's side of preparing data, and of what takes them out. */

import { admit, preparedBytes, roundedBytes } from './budget.js';
import type { OnProgress } from './core.js';
import { HounsfieldError } from './errors.js';
import { scanInfo, withMasks, type Performers } from './performer.js';
import { written } from './pieces.js';

export const preparing: Performers<'prepare' | 'scanToNifti'> = {
  prepare: async ({ scan, steps, masks }, context) => {
    const { store, onProgress, checkpoint } = context;
    const { value: opened, info } = store.get('scan', scan);
    if (steps.length === 0) {
      throw new HounsfieldError('bad_parameter', 'steps is empty; it needs at least one step');
    }
    admit(
      preparedBytes(info, steps, masks.length),
      store,
      'choose a larger spacing or a smaller box',
    );
    const named = masks.map((mask, k) => ({ name: String(k), mask }));
    let prepared = withMasks(named, info, context, (given) => opened.prepare(given));
    for (const [k, step] of steps.entries()) {
      const ofWhole: OnProgress = (stage, fraction) =>
        onProgress(stage, (k + fraction) / steps.length);
      // Takes what was there before with it, whatever happens.
      prepared = prepared.step(JSON.stringify(step), ofWhole);
      try {
        await checkpoint();
      } catch (error) {
        prepared.free();
        throw error;
      }
    }
    const made = prepared.finish();
    const out = made.takeScan();
    if (!out) throw new TypeError('nothing was prepared');
    const about = scanInfo(out.info(), info.name);
    const handles = [store.add('scan', out, about)];
    for (let mask = made.takeMask(); mask; mask = made.takeMask()) {
      handles.push(store.add('mask', mask, about));
    }
    made.free();
    const [first = 0, ...rest] = handles;
    return { value: { scan: first, masks: rest, info: about }, handles };
  },

  scanToNifti: ({ scan }, { store, onProgress }) => {
    const { value: opened, info } = store.get('scan', scan);
    // The check goes along in the header.
    admit(roundedBytes(info), store);
    const value = written((take) => opened.toNifti(take, onProgress));
    return { value, transfer: [value.buffer] };
  },
};
