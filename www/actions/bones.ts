import type { BonesParams, BonesReport, BonesResult } from 'hounsfield';

import { hounsfield, millilitres } from '../lib/format.js';
import { isAbort, problemOf } from '../lib/problem.js';
import { stopwatch } from '../lib/stopwatch.js';
import { get, outcomeOf, set, setLayer, setOutcome } from '../session.js';
import type { Outcome } from '../session.js';
import { held } from './held.js';
import { encodeSoon, forgetFile } from './mask-file.js';
import { hideMask, paintMask } from './viewer.js';

/** How long a threshold must rest before bones are run at it; the preview needs no run. */
const REST_MS = 250;

let running = new AbortController();
let resting: ReturnType<typeof setTimeout> | undefined;

/** `undefined` goes back to the engine's default. */
export function setParams(change: { [K in keyof BonesParams]?: BonesParams[K] | undefined }): void {
  set((s) => {
    const params = Object.entries({ ...s.params, ...change }).filter(([, v]) => v !== undefined);
    return { params: Object.fromEntries(params) as BonesParams };
  });
}

/** Runs with the present parameters. A run that is still going on gives way. */
export async function runBones(): Promise<void> {
  const scan = held.opened?.scan;
  if (!scan) return;
  clearTimeout(resting);
  running.abort();
  const mine = new AbortController();
  running = mine;
  const { params, bones } = get();
  const previous = outcomeOf(bones);
  const timed = stopwatch();
  set({
    bones: { step: 'running', progress: timed({ stage: 'starting', fraction: 0 }), previous },
  });
  try {
    const next = await scan.segment('bones', params, {
      signal: mine.signal,
      onProgress: (report) => {
        if (running !== mine || mine.signal.aborted) return;
        set((s) =>
          s.bones.step === 'running' ? { bones: { ...s.bones, progress: timed(report) } } : s,
        );
      },
    });
    if (running !== mine || mine.signal.aborted) {
      next.dispose();
      return;
    }
    await showResult(next, params.thresholdHu ?? null, previous);
  } catch (error) {
    if (running !== mine) return;
    if (isAbort(error, mine.signal) || get().engine.step === 'lost') {
      fallBack(previous);
      return;
    }
    const problem = problemOf(
      error,
      'Change the parameters and run again. The scan is still open.',
    );
    set({
      bones: { step: 'failed', problem, previous },
      previewHu: null,
    });
  }
}

export function cancelBones(): void {
  clearTimeout(resting);
  running.abort();
  // The engine rejects at once; until then nothing on screen may pretend to run.
  const { bones } = get();
  if (bones.step === 'running') fallBack(bones.previous);
}

function fallBack(previous: Outcome | null): void {
  set({
    bones: previous ? { step: 'done', outcome: previous } : { step: 'none' },
    previewHu: null,
    spoken: 'Cancelled',
  });
  if (previous) setParams({ thresholdHu: previous.askedHu });
}

async function showResult(
  next: BonesResult,
  askedHu: number | null,
  previous: Outcome | null,
): Promise<void> {
  held.bones?.dispose();
  held.bones = next;
  const { report } = next;
  const outcome: Outcome = {
    run: (previous?.run ?? 0) + 1,
    report,
    askedHu,
    suggestedHu: suggestion(report, askedHu, previous),
    fileBytes: null,
  };
  await paintMask('bones', next.mask);
  if (held.bones !== next) return;
  setLayer('bones', { present: true });
  set({
    bones: { step: 'done', outcome },
    previewHu: null,
    spoken: `Bones: ${millilitres(report.volumeMl)} at ${hounsfield(report.thresholdHu)}`,
  });
  encodeSoon();
}

/** What the engine uses when nobody asks for a threshold: seen in a run without one, else its rule's word. */
function suggestion(
  { choice, thresholdHu }: BonesReport,
  askedHu: number | null,
  previous: Outcome | null,
): number {
  if (askedHu === null) return thresholdHu;
  const stable = choice.others.find((other) => other.rule === 'stable')?.thresholdHu;
  return previous?.suggestedHu ?? stable ?? thresholdHu;
}

/** Shows a threshold at once and runs bones at it when it rests. */
export function tryThreshold(hu: number): void {
  set({ previewHu: hu });
  setParams({ thresholdHu: hu });
  clearTimeout(resting);
  resting = setTimeout(() => void runBones(), REST_MS);
}

export function resetThreshold(): void {
  const outcome = outcomeOf(get().bones);
  if (!outcome) return;
  set({ previewHu: outcome.suggestedHu });
  setParams({ thresholdHu: null });
  void runBones();
}

/** Puts a part in or out; only its own slices are sent to the viewer again. */
export async function setPart(id: number, kept: boolean): Promise<void> {
  const bones = held.bones;
  const outcome = outcomeOf(get().bones);
  if (!bones || !outcome) return;
  const part = bones.report.parts.find((p) => p.id === id);
  // The tick follows the hand; the engine's own report confirms it a moment later.
  const parts = outcome.report.parts.map((p) => (p.id === id ? { ...p, kept } : p));
  setOutcome({ report: { ...outcome.report, parts } });
  try {
    const report = await bones.setPart(id, kept);
    if (held.bones !== bones) return;
    setOutcome({ report, fileBytes: null });
    encodeSoon();
    const range = part && { fromZ: part.minVoxel[2], toZ: part.maxVoxel[2] };
    await paintMask('bones', bones.mask, range);
    set({ spoken: `${kept ? 'Put in' : 'Taken out'}. ${millilitres(report.volumeMl)}` });
  } catch (error) {
    const problem = problemOf(error, 'Run bones again.');
    set((s) => ({ bones: { step: 'failed', problem, previous: outcomeOf(s.bones) } }));
  }
}

/** When another scan takes the place. Parameters stay, but a threshold belongs to its scan. */
export function forgetBones(): void {
  clearTimeout(resting);
  running.abort();
  held.bones?.dispose();
  held.bones = null;
  forgetFile();
  hideMask('bones');
  setParams({ thresholdHu: null });
  setLayer('bones', { present: false });
  set({ bones: { step: 'none' }, previewHu: null });
}
