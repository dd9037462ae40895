/** The worker's side of preparing data. */

import { admit, preparedBytes } from './budget.js';
import type { OnProgress } from './core.js';
import { HounsfieldError } from './errors.js';
import { numbered, scanInfo, withMasks, type Performers } from './performer.js';

export const preparing: Performers<'prepare'> = {
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
    let prepared = withMasks(numbered(masks), info, context, (given) => opened.prepare(given));
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
};
