import type { CallOptions, Engine, EngineOptions, PhantomOptions } from 'hounsfield';

import { count, sizeVoxel } from '../lib/format.js';
import { codeOf, isAbort, isLoss, problemOf } from '../lib/problem.js';
import { stopwatch } from '../lib/stopwatch.js';
import { get, set, setLayer } from '../session.js';
import { forgetBones } from './bones.js';
import { startEngine, theEngine } from './engine.js';
import { held } from './held.js';
import type { Opened, Source } from './held.js';
import { paintMask, paintScan } from './viewer.js';

// 2 mm slices of a chest: big enough to look like a scan, small enough to be there in seconds.
const SAMPLE: PhantomOptions = {
  sizeVoxel: [320, 320, 160],
  spacingMm: [1.2, 1.2, 2],
};

let opening = new AbortController();
/** What was opened last: kept, so that it can be opened again after the engine was lost. */
let lastSource: Source | null = null;
let failedSource: Source | null = null;

export function openFiles(files: readonly File[]): Promise<void> {
  if (files.length === 0) return Promise.resolve();
  return openSource({ kind: 'files', files });
}

export function openSample(): Promise<void> {
  return openSource({ kind: 'phantom' });
}

export function cancelOpening(): void {
  opening.abort();
}

export function dismissFailure(): void {
  if (get().opening.step === 'failed') set({ opening: { step: 'idle' } });
}

/** Makes room for what could not be opened beside the scan that is open. */
export async function closeAndRetry(): Promise<void> {
  closeScan();
  if (failedSource) await openSource(failedSource);
}

/** After a loss. One thread takes less memory and survives where many did not. */
export async function restart(threads: 'auto' | 1): Promise<void> {
  const source = lastSource;
  try {
    await revive({ threads });
  } catch {
    return; // Shown as a lost engine, with the same offer.
  }
  if (source) await openSource(source);
}

/** Called when the engine dies: its handles are void. Says what was open. */
export function dropHandles(): string | null {
  opening.abort();
  held.opened = null;
  held.bones = null;
  return lastSource && nameOf(lastSource);
}

function revive(options: EngineOptions): Promise<Engine> {
  // What is on screen belongs to the engine that died.
  closeScan();
  return startEngine(options);
}

function closeScan(): void {
  held.opened?.scan.dispose();
  held.opened?.truth?.dispose();
  held.opened = null;
  forgetBones();
  set({ scan: null });
}

async function openSource(source: Source): Promise<void> {
  opening.abort();
  const mine = new AbortController();
  opening = mine;
  const name = nameOf(source);
  const bytes = source.kind === 'files' ? source.files.reduce((n, f) => n + f.size, 0) : null;
  const timed = stopwatch();
  const reading = (change: object): void => {
    if (mine.signal.aborted) return;
    set((s) => (s.opening.step === 'reading' ? { opening: { ...s.opening, ...change } } : s));
  };
  const progress = timed({ stage: 'reading', fraction: 0 });
  set({
    opening: { step: 'reading', name, bytes, info: null, progress },
    spoken: `Reading ${name}`,
  });
  const options: CallOptions = {
    signal: mine.signal,
    onProgress: (report) => reading({ progress: timed(report) }),
  };
  try {
    const engine = await (get().engine.step === 'lost' ? revive({}) : theEngine());
    if (source.kind === 'files') reading({ info: await engine.inspect(source.files, options) });
    const next = await read(engine, source, options);
    if (mine.signal.aborted) {
      next.scan.dispose();
      next.truth?.dispose();
    } else {
      install(next, name, bytes);
    }
  } catch (error) {
    if (opening === mine) stopReading(error, mine.signal, source);
  }
}

function stopReading(error: unknown, signal: AbortSignal, source: Source): void {
  if (isLoss(error) || get().engine.step === 'lost') {
    set({ opening: { step: 'idle' } });
  } else if (isAbort(error, signal)) {
    set({ opening: { step: 'idle' }, spoken: 'Cancelled' });
  } else {
    failedSource = source;
    const noRoom = ['too_large', 'out_of_memory'].includes(codeOf(error));
    const closingHelps = noRoom && held.opened !== null;
    const told = problemOf(
      error,
      'Check that this is a NIfTI file of a CT scan, or try another file.',
    );
    const problem = closingHelps
      ? { ...told, next: 'Close the scan that is open, or open a smaller one.' }
      : told;
    set({ opening: { step: 'failed', name: nameOf(source), problem, closingHelps } });
  }
}

async function read(engine: Engine, source: Source, options: CallOptions): Promise<Opened> {
  if (source.kind === 'files') {
    return { source, scan: await engine.open(source.files, options), truth: null };
  }
  const { scan, truth } = await engine.phantom({ ...SAMPLE, ...options });
  return { source, scan, truth: truth.bones };
}

function install(next: Opened, name: string, bytes: number | null): void {
  held.opened?.scan.dispose();
  held.opened?.truth?.dispose();
  forgetBones();
  held.opened = next;
  lastSource = next.source;
  const { info } = next.scan;
  set({
    opening: { step: 'idle' },
    scan: { name, info, bytes, intensity: null, paintedSlices: 0, viewerNote: '' },
    spoken: `${name} is open, ${sizeVoxel(info.sizeVoxel)} voxels, ${count(info.notes.length, 'note', 'notes')}`,
  });
  setLayer('bones', { present: false });
  setLayer('truth', { present: next.truth !== null, visible: false });
  void showScan(next);
}

/** Slices first: they are what the reader waits for. */
async function showScan(shown: Opened): Promise<void> {
  await paintScan(shown.scan);
  if (held.opened !== shown) return;
  if (shown.truth) await paintMask('truth', shown.truth);
  try {
    const intensity = await shown.scan.intensity();
    set((s) => (held.opened === shown && s.scan ? { scan: { ...s.scan, intensity } } : s));
  } catch {
    // The facts stay without the range of values; a lost engine is told elsewhere.
  }
}

function nameOf(source: Source): string {
  if (source.kind === 'phantom') return 'Sample scan';
  const header = source.files.find((f) => /\.hdr$/i.test(f.name));
  return (header ?? source.files[0])?.name ?? '';
}
