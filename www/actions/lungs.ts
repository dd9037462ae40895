import type { LungsResult } from 'hounsfield';

import { millilitres, sentence } from '../lib/format.js';
import { get, set, setLayer, setTask } from '../session.js';
import type { LungsOutcome } from '../session.js';
import { held } from './held.js';
import { makeRoom } from './masks.js';
import { resultFiles } from './result-file.js';
import { cancelTask, runTask, stopTask } from './task.js';
import { hideMask, paintMask } from './viewer.js';

const LAYERS = ['leftLung', 'rightLung', 'airways'] as const;

/** Runs with the present parameters. A run that is still going on gives way. */
export async function runLungs(): Promise<void> {
  const params = get().params.lungs;
  await runTask({
    id: 'lungs',
    ask: (scan, call) => scan.segment('lungs', params, call),
    publish,
    discard: (next) => next.dispose(),
    title: 'Lungs could not be found',
    advice: 'Change the parameters and run again. The scan is still open.',
  });
}

async function publish(next: LungsResult, previous: LungsOutcome | null): Promise<void> {
  held.lungs?.dispose();
  held.lungs = next;
  const { report } = next;
  const outcome = { run: (previous?.run ?? 0) + 1, report, fileBytes: null };
  setTask('lungs', () => ({ step: 'done', outcome }));
  const volumeMl = report.left.volumeMl + report.right.volumeMl;
  set({
    spoken: report.found ? `Lungs: ${millilitres(volumeMl)}` : sentence(report.summary),
  });
  const voxels = {
    leftLung: report.left.voxels,
    rightLung: report.right.voxels,
    airways: report.airways?.voxels ?? 0,
  };
  for (const id of LAYERS) {
    setLayer(id, { present: voxels[id] > 0 });
    // What was found before must not stay where now there is nothing.
    if (voxels[id] === 0) hideMask(id);
  }
  makeRoom();
  resultFiles.lungs.changes();
  for (const id of LAYERS) {
    if (voxels[id] > 0) await paintMask(id);
  }
}

export function cancelLungs(): void {
  cancelTask('lungs');
}

/** When another scan takes the place. Parameters stay. */
export function forgetLungs(): void {
  stopTask('lungs');
  held.lungs?.dispose();
  held.lungs = null;
  resultFiles.lungs.forget();
  for (const id of LAYERS) {
    hideMask(id);
    setLayer(id, { present: false });
  }
  setTask('lungs', () => ({ step: 'none' }));
}
