import { get, masksKey, presentLayers, set, setTask } from '../session.js';
import { held, maskOf } from './held.js';
import { cancelTask, partOf, runTask, stopTask } from './task.js';

/** Of the whole job; the rest is for what only lungs have. */
const LABELS_SHARE = 0.6;

/** Measures every mask there is, unless these very masks have been measured. */
export async function measureAll(of = masksKey(get())): Promise<void> {
  const { layers, tasks } = get();
  if (tasks.measures.step === 'done' && tasks.measures.outcome.of === of) return;
  const labels = presentLayers(layers).flatMap(([id, { name }]) => {
    const mask = maskOf(id);
    return mask ? [{ name, mask }] : [];
  });
  const { lungs } = held;
  const isLung = layers.leftLung.present || layers.rightLung.present;
  await runTask({
    id: 'measures',
    ask: async (scan, call) => ({
      of,
      labels: labels.length > 0 ? await scan.measure(labels, partOf(call, 0, LABELS_SHARE)) : [],
      lungs: lungs && isLung ? await lungs.measure(partOf(call, LABELS_SHARE, 1)) : null,
    }),
    publish: (outcome) => {
      setTask('measures', () => ({ step: 'done', outcome }));
      set({ spoken: 'Measured' });
      return Promise.resolve();
    },
    discard: () => undefined,
    title: 'The masks could not be measured',
    advice: 'Try again, or run the recipe again.',
  });
}

export function cancelMeasures(): void {
  cancelTask('measures');
}

/** When another scan takes the place. */
export function forgetMeasures(): void {
  stopTask('measures');
  setTask('measures', () => ({ step: 'none' }));
}
