import type { BonesReport, BonesResult } from 'hounsfield';

import { hounsfield, millilitres } from '../lib/format.js';
import { isLoss, problemOf } from '../lib/problem.js';
import { outcomeOf } from '../lib/task.js';
import { unitOf } from '../lib/units.js';
import { failTask, get, set, setLayer, setOutcome, setParams, setTask } from '../session.js';
import type { BonesOutcome } from '../session.js';
import { held } from './held.js';
import { makeRoom } from './masks.js';
import { resultFiles } from './result-file.js';
import { cancelTask, runTask, stopTask } from './task.js';
import { hideMask, paintMask } from './viewer.js';

/** How long a threshold must rest before bones are run at it; the preview needs no run. */
const REST_MS = 250;

let resting: ReturnType<typeof setTimeout> | undefined;

/** Runs with the present parameters. A run that is still going on gives way. */
export async function runBones(): Promise<void> {
  clearTimeout(resting);
  const { params: all, tasks } = get();
  const params = all.bones;
  const before = outcomeOf(tasks.bones);
  const ending = await runTask({
    id: 'bones',
    ask: (scan, call) => scan.segment('bones', params, call),
    publish: (next, previous) => publish(next, params.thresholdHu ?? null, previous),
    discard: (next) => next.dispose(),
    title: 'Bones could not be found',
    advice: 'Change the parameters and run again. The scan is still open.',
  });
  if (ending === 'lost') fallBack(before);
  if (ending === 'failed') set({ previewHu: null });
}

/** Handle, numbers and file change in one step; the picture follows, and its failure is its own. */
async function publish(
  next: BonesResult,
  askedHu: number | null,
  previous: BonesOutcome | null,
): Promise<void> {
  held.bones?.dispose();
  held.bones = next;
  wishes.clear();
  const { report } = next;
  const outcome: BonesOutcome = {
    run: (previous?.run ?? 0) + 1,
    report,
    askedHu,
    suggestedHu: suggestion(report, askedHu, previous),
    fileBytes: null,
  };
  setTask('bones', () => ({ step: 'done', outcome }));
  const threshold = hounsfield(report.thresholdHu, unitOf(get().scan?.info));
  set({ spoken: `Bones: ${millilitres(report.volumeMl)} at ${threshold}` });
  setLayer('bones', { present: true });
  makeRoom();
  resultFiles.bones.changes();
  const { previewHu } = get();
  await paintMask('bones');
  // Unless the hand has moved on meanwhile.
  if (get().previewHu === previewHu) set({ previewHu: null });
}

export function cancelBones(): void {
  clearTimeout(resting);
  if (cancelTask('bones')) fallBack(outcomeOf(get().tasks.bones));
}

/** The threshold goes back to that of the outcome on screen. */
function fallBack(outcome: BonesOutcome | null): void {
  set({ previewHu: null });
  if (outcome) setParams('bones', { thresholdHu: outcome.askedHu });
}

/** What the engine uses when nobody asks for a threshold: seen in a run without one, else its rule's word. */
function suggestion(
  { choice, thresholdHu }: BonesReport,
  askedHu: number | null,
  previous: BonesOutcome | null,
): number {
  if (askedHu === null) return thresholdHu;
  const own = ['resolution', 'stable'].flatMap((rule) =>
    choice.others.filter((other) => other.rule === rule && other.thresholdHu !== null),
  );
  return previous?.suggestedHu ?? own[0]?.thresholdHu ?? thresholdHu;
}

/** Shows a threshold at once and runs bones at it when it rests. */
export function tryThreshold(hu: number): void {
  set({ previewHu: hu });
  setParams('bones', { thresholdHu: hu });
  clearTimeout(resting);
  resting = setTimeout(() => void runBones(), REST_MS);
}

export function resetThreshold(): void {
  const outcome = outcomeOf(get().tasks.bones);
  if (!outcome) return;
  set({ previewHu: outcome.suggestedHu });
  setParams('bones', { thresholdHu: null });
  void runBones();
}

/** Parts as the reader wants them and the engine does not have them yet. */
const wishes = new Map<number, boolean>();

/** Puts a part in or out; only its own slices are sent to the viewer again. */
export async function setPart(id: number, kept: boolean): Promise<void> {
  const bones = held.bones;
  const shown = outcomeOf(get().tasks.bones)?.report;
  if (!bones || !shown) return;
  wishes.set(id, kept);
  showParts(shown);
  const change = bones.setPart(id, kept);
  resultFiles.bones.changes(change);
  try {
    const report = await change;
    if (held.bones !== bones) return;
    if (wishes.get(id) === kept) wishes.delete(id);
    showParts(report);
    set({ spoken: `${kept ? 'Put in' : 'Taken out'}. ${millilitres(report.volumeMl)}` });
    const part = report.parts.find((p) => p.id === id);
    const range = part && { fromZ: part.minVoxel[2], toZ: part.maxVoxel[2] };
    await paintMask('bones', range);
  } catch (error) {
    if (held.bones !== bones || isLoss(error)) return;
    wishes.delete(id);
    showParts(bones.report);
    failTask('bones', 'The part could not be changed', problemOf(error, 'Run bones again.'));
  }
}

/** The tick follows the hand; the engine's own report confirms it a moment later. */
function showParts(report: BonesReport): void {
  const parts = report.parts.map((p) => ({ ...p, kept: wishes.get(p.id) ?? p.kept }));
  setOutcome('bones', { report: { ...report, parts } });
}

/** When another scan takes the place. Parameters stay, but a threshold belongs to its scan. */
export function forgetBones(): void {
  clearTimeout(resting);
  stopTask('bones');
  held.bones?.dispose();
  held.bones = null;
  resultFiles.bones.forget();
  hideMask('bones');
  setParams('bones', { thresholdHu: null });
  setLayer('bones', { present: false });
  setTask('bones', () => ({ step: 'none' }));
  set({ previewHu: null });
}
