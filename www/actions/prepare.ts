import { checkInName } from '../lib/check.js';
import { isLoss, problemOf } from '../lib/problem.js';
import { stepsOf } from '../lib/prepare.js';
import { saveFile, withEnding } from '../lib/save.js';
import { failTask, get, presentLayers, set, setTask } from '../session.js';
import { held, maskOf } from './held.js';
import { forgetSlices } from './slices.js';
import { cancelTask, runTask, stopTask } from './task.js';

/** Makes a copy of the scan and of every mask there is; the copy before it is let go of first. */
export async function runPrepare(): Promise<void> {
  const { params, layers } = get();
  const present = presentLayers(layers).flatMap(([id, { name }]) => {
    const mask = maskOf(id);
    return mask ? [{ id, name, mask }] : [];
  });
  const { prepare } = params;
  const steps = stepsOf(present.length > 0 ? prepare : { ...prepare, marginMm: null });
  forgetPrepared();
  await runTask({
    id: 'prepare',
    ask: (scan, call) =>
      scan.prepare(
        steps,
        present.map(({ mask }) => mask),
        call,
      ),
    publish: (prepared) => {
      held.prepared = prepared;
      const masks = present.map(({ id, name }) => ({ id, name }));
      const outcome = { info: prepared.scan.info, steps, masks };
      setTask('prepare', () => ({ step: 'done', outcome }));
      set({ spoken: 'Prepared' });
      return Promise.resolve();
    },
    discard: ({ scan, masks }) => {
      for (const handle of [scan, ...masks]) handle.dispose();
    },
    title: 'The data could not be prepared',
    advice: 'Choose a larger spacing or a smaller box. The scan is still open.',
  });
}

/** `nth`: of the masks; `null`: the scan. */
export async function downloadPrepared(nth: number | null): Promise<void> {
  const { scan, tasks } = get();
  const of = nth === null ? held.prepared?.scan : held.prepared?.masks[nth];
  if (!of || !scan || tasks.prepare.step !== 'done') return;
  const mask = nth === null ? '' : `.${tasks.prepare.outcome.masks[nth]?.name}`;
  try {
    const bytes = await of.toNifti();
    const name = withEnding(scan.name, `.prepared${mask}${checkInName(scan.check)}.nii.gz`);
    saveFile(name, new Blob([bytes], { type: 'application/gzip' }));
    set({ spoken: 'Saved to downloads' });
  } catch (error) {
    if (isLoss(error)) return;
    failTask('prepare', 'The file could not be written', problemOf(error, 'Try again.'));
  }
}

export function cancelPrepare(): void {
  cancelTask('prepare');
}

/** It takes as much memory as the scan, or more. */
export function forgetPrepared(): void {
  stopTask('prepare');
  forgetSlices();
  const { prepared } = held;
  held.prepared = null;
  for (const handle of prepared ? [prepared.scan, ...prepared.masks] : []) handle.dispose();
  setTask('prepare', () => ({ step: 'none' }));
}
