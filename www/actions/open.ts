import type { CallOptions, Engine, PhantomOptions } from 'hounsfield';

import { count, sizeVoxel } from '../lib/format.js';
import { isAbort, problemOf } from '../lib/problem.js';
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

/** After a loss. One thread takes less memory and survives where many did not. */
export async function restart(threads: 'auto' | 1): Promise<void> {
  const source = held.opened?.source ?? null;
  held.opened = null;
  set({ scan: null });
  forgetBones();
  try {
    await startEngine({ threads });
  } catch {
    return; // Shown as a lost engine.
  }
  if (source) await openSource(source);
}

/** Called when the engine dies: its handles are void, the source is not. */
export function scanNameAtLoss(): string | null {
  opening.abort();
  return held.opened ? (get().scan?.name ?? null) : null;
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
  set({
    opening: {
      step: 'reading',
      name,
      bytes,
      info: null,
      progress: timed({ stage: 'reading', fraction: 0 }),
    },
    spoken: `Reading ${name}`,
  });
  const options: CallOptions = {
    signal: mine.signal,
    onProgress: (report) => reading({ progress: timed(report) }),
  };
  try {
    const engine = await theEngine();
    if (source.kind === 'files') reading({ info: await engine.inspect(source.files, options) });
    const next = await read(engine, source, options);
    if (mine.signal.aborted) {
      next.scan.dispose();
      next.truth?.dispose();
      return;
    }
    install(next, name, bytes);
  } catch (error) {
    if (opening !== mine) return; // A newer file was dropped; it has the screen.
    if (isAbort(error, mine.signal) || get().engine.step === 'lost') {
      set({ opening: { step: 'idle' }, spoken: 'Cancelled' });
      return;
    }
    const problem = problemOf(
      error,
      'Check that this is a NIfTI file of a CT scan, or try another file.',
    );
    set({ opening: { step: 'failed', name, problem } });
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
