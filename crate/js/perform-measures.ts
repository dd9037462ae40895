/** The worker's side of lungs and of all that is measured of several masks at once. */

import { admit, roundedBytes, tableBytes } from './budget.js';
import { parse, withMasks, type Performers } from './performer.js';
import type { LungsReport } from './types.js';

type Measuring = 'lungs' | 'measureLungs' | 'measureLabels' | 'histogram';

export const measuring: Performers<Measuring> = {
  lungs: ({ scan, params }, { store, onProgress }) => {
    const { value: opened, info } = store.get('scan', scan);
    admit(opened.lungsBytes() + roundedBytes(info), store);
    const run = opened.lungs(JSON.stringify(params), onProgress);
    const [left, right, airways] = [run.takeLeft(), run.takeRight(), run.takeAirways()];
    const report = parse<LungsReport>(run.report());
    run.free();
    if (!left || !right) throw new TypeError('the lungs came without a side');
    const value = {
      left: store.add('mask', left, info),
      right: store.add('mask', right, info),
      airways: airways ? store.add('mask', airways, info) : null,
      report,
    };
    const handles = [value.left, value.right];
    if (value.airways !== null) handles.push(value.airways);
    return { value, handles };
  },

  measureLungs: ({ left, right }, { store, onProgress }) => {
    const { value, info } = store.get('mask', left);
    admit(tableBytes(info), store);
    return { value: parse(value.measureLungs(store.get('mask', right).value, onProgress)) };
  },

  measureLabels: ({ scan, labels }, context) => {
    const { value: opened, info } = context.store.get('scan', scan);
    admit(tableBytes(info), context.store);
    return withMasks(labels, info, context, (masks) => ({
      value: parse(opened.measureLabels(masks, context.onProgress)),
    }));
  },

  histogram: ({ scan, mask, binHu }, context) => {
    const { value: opened, info } = context.store.get('scan', scan);
    admit(roundedBytes(info), context.store);
    const inside = mask === null ? [] : [{ name: 'mask', mask }];
    return withMasks(inside, info, context, (masks) => ({
      value: parse(opened.histogram(masks, binHu)),
    }));
  },
};
