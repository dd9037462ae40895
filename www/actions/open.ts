import type { CallOptions, Engine, EngineOptions, Note, PhantomOptions } from 'hounsfield';

import {
  contentsOf,
  firstChoice,
  nameOfSeries,
  nothingToOpen,
  onlyChoice,
} from '../lib/contents.js';
import type { Choice } from '../lib/contents.js';
import { count, sizeVoxel } from '../lib/format.js';
import { droppedOn, filesIn, nameOfFiles } from '../lib/gather.js';
import { codeOf, isAbort, isLoss, problemOf } from '../lib/problem.js';
import type { Problem } from '../lib/problem.js';
import { stopwatch } from '../lib/stopwatch.js';
import { isSurfaceFile } from '../lib/surface.js';
import { get, set, setLayer } from '../session.js';
import type { Opening } from '../session.js';
import { forgetBones } from './bones.js';
import { startEngine, theEngine } from './engine.js';
import { held } from './held.js';
import type { Looked, Opened, Source } from './held.js';
import { forgetHistogram } from './histogram.js';
import { forgetLungs } from './lungs.js';
import { forgetAdded } from './masks.js';
import { forgetMeasures } from './measures.js';
import { forgetPrepared } from './prepare.js';
import { forgetReport } from './report.js';
import { showScan } from './show.js';
import { addSurfaces, forgetSurfaces } from './surfaces.js';

// 2 mm slices of a chest: big enough to look like a scan, small enough to be there in seconds.
const SAMPLE: PhantomOptions = {
  sizeVoxel: [320, 320, 160],
  spacingMm: [1.2, 1.2, 2],
};

const SAMPLE_NAME = 'Sample scan';
const TRY_ANOTHER = 'Check that this is a CT scan, or try another file.';

/** The attempt that is going on; a new one ends it. */
let opening = new AbortController();
/** What was opened last: kept, so that it can be opened again after the engine was lost. */
let lastSource: Source | null = null;
let failedSource: Source | null = null;
let openings = 0;

export function openFiles(files: readonly File[]): Promise<void> {
  if (files.length === 0) return Promise.resolve();
  if (files.every(({ name }) => isSurfaceFile(name))) return openSurfaceFiles(files);
  return openSource({ kind: 'files', name: nameOfFiles(files), files, choice: null });
}

/** They belong to a scan: without one there is no frame to show them in. */
function openSurfaceFiles(files: readonly File[]): Promise<void> {
  if (held.opened) return addSurfaces(files);
  begin();
  fail(nameOfFiles(files), {
    what: 'A surface is shown beside the scan it belongs to, and no scan is open.',
    next: 'Open the scan first, then drop the surface again.',
    details: 'surface without a scan',
  });
  return Promise.resolve();
}

/** What was let go of over the window. Folders are walked through first, which may take a while. */
export async function openDrop(transfer: DataTransfer): Promise<void> {
  const dropped = droppedOn(transfer);
  const { name, files, folders } = dropped;
  if (folders.length === 0) return openFiles(files);
  const { signal } = begin();
  set({ opening: { step: 'gathering', name, files: files.length }, spoken: `Reading ${name}` });
  try {
    const found = await filesIn(dropped, signal, (n) => update(signal, { files: n }));
    if (found.length > 0) await openSource({ kind: 'files', name, files: found, choice: null });
    else fail(name, { what: 'There are no files in it.', next: TRY_ANOTHER, details: 'no files' });
  } catch (error) {
    if (isAbort(error, signal)) return;
    fail(name, problemOf(error, 'Check that the folder can be read, or choose its files instead.'));
  }
}

export function openSample(): Promise<void> {
  return openSource({ kind: 'phantom' });
}

export function cancelOpening(): void {
  opening.abort();
  set({ opening: { step: 'idle' }, spoken: 'Cancelled' });
  letGo();
}

export function dismissFailure(): void {
  if (get().opening.step !== 'failed') return;
  set({ opening: { step: 'idle' } });
  letGo();
}

/** Shows the list that the scan on screen was picked from. */
export function pickOther(): void {
  const { opened } = held;
  if (!opened?.looked) return;
  begin();
  held.looked = opened.looked;
  pickAgain();
}

/** Shows the list: for the first time, or because what was picked could not be opened. */
export function pickAgain(): void {
  const { looked, opened } = held;
  if (!looked) return;
  const isOpen = looked === opened?.looked && opened.source.kind === 'files';
  const before = isOpen ? opened.source.choice : null;
  set({
    opening: { step: 'idle' },
    picking: {
      contents: looked.contents,
      choice: before ?? firstChoice(looked.contents),
      openId: before?.series ?? null,
    },
  });
}

/** What is to be known of a series when it is opened so; or why it will not be. */
export async function notesOn(choice: Choice): Promise<readonly Note[]> {
  const { looked } = held;
  if (!looked) return [];
  try {
    return (await looked.listing.inspect(choice)).notes;
  } catch (error) {
    if (isLoss(error)) return [];
    return [{ code: 'refused', message: problemOf(error, '').what }];
  }
}

export function cancelPicking(): void {
  set({ picking: null });
  letGo();
}

export async function openPicked(choice: Choice): Promise<void> {
  const { looked } = held;
  if (!looked) return;
  const { signal } = begin(looked);
  const source = { kind: 'files', name: looked.contents.name, files: looked.files } as const;
  await attempt({ ...source, choice }, signal, () => openSeries(looked, choice, signal));
}

/** Makes room for what could not be opened beside the scan that is open. */
export async function closeAndRetry(): Promise<void> {
  const source = failedSource;
  closeScan();
  if (source) await openSource(source);
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
  held.lungs = null;
  held.prepared = null;
  held.looked = null;
  held.added.clear();
  held.surfaces.clear();
  set({ picking: null, opening: { step: 'idle' } });
  if (!lastSource) return null;
  return lastSource.kind === 'files' ? (get().scan?.name ?? lastSource.name) : SAMPLE_NAME;
}

function revive(options: EngineOptions): Promise<Engine> {
  // What is on screen belongs to the engine that died.
  closeScan();
  return startEngine(options);
}

function closeScan(): void {
  release(held.opened);
  held.opened = null;
  letGo();
  forgetBones();
  forgetLungs();
  forgetMeasures();
  forgetHistogram();
  forgetReport();
  forgetPrepared();
  forgetAdded();
  forgetSurfaces();
  set({ scan: null, overlay: null });
}

function release(opened: Opened | null): void {
  opened?.scan.dispose();
  opened?.truth?.dispose();
  if (opened?.looked !== held.looked) opened?.looked?.listing.dispose();
}

/** The list is no longer needed, unless the scan that is open came from it. */
function letGo(): void {
  if (held.looked !== held.opened?.looked) held.looked?.listing.dispose();
  held.looked = null;
}

/** Ends the attempt before this one. `keep`: the list to go on with. */
function begin(keep: Looked | null = null): AbortController {
  opening.abort();
  opening = new AbortController();
  if (held.looked !== keep) letGo();
  set({ picking: null });
  return opening;
}

function openSource(source: Source): Promise<void> {
  const { signal } = begin();
  return attempt(source, signal, async () => {
    const engine = await (get().engine.step === 'lost' ? revive({}) : theEngine());
    if (source.kind === 'phantom') await openPhantom(engine, source, signal);
    else await openListed(engine, source, signal);
  });
}

async function attempt(
  source: Source,
  signal: AbortSignal,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (signal !== opening.signal) return;
    if (isLoss(error) || get().engine.step === 'lost') set({ opening: { step: 'idle' } });
    // Whoever aborted has already put something else on the screen.
    else if (!isAbort(error, signal)) failWith(error, source);
  }
}

function failWith(error: unknown, source: Source): void {
  failedSource = source;
  const noRoom = ['too_large', 'out_of_memory'].includes(codeOf(error));
  const closingHelps = noRoom && held.opened !== null;
  const told = problemOf(error, TRY_ANOTHER);
  const next = closingHelps ? 'Close the scan that is open, or open a smaller one.' : told.next;
  const { opening: now } = get();
  const name = 'name' in now ? now.name : source.kind === 'files' ? source.name : SAMPLE_NAME;
  fail(name, { ...told, next }, closingHelps);
}

function fail(name: string, problem: Problem, closingHelps = false): void {
  const { looked } = held;
  const canPickAgain = looked !== null && onlyChoice(looked.contents) === null;
  set({ opening: { step: 'failed', name, problem, closingHelps, canPickAgain } });
}

/** Changes what is shown of the attempt, unless another one has taken its place. */
function update(signal: AbortSignal, change: object): void {
  if (signal.aborted) return;
  set((s) => (s.opening.step === 'idle' ? s : { opening: { ...s.opening, ...change } as Opening }));
}

async function openPhantom(engine: Engine, source: Source, signal: AbortSignal): Promise<void> {
  const options = reading(SAMPLE_NAME, null, null, signal);
  const { scan, truth } = await engine.phantom({ ...SAMPLE, ...options });
  install({ source, scan, truth: truth.bones, looked: null }, SAMPLE_NAME, null, signal);
}

/** Headers first: what is there, and is there anything to decide? */
async function openListed(
  engine: Engine,
  source: Source & { kind: 'files' },
  signal: AbortSignal,
): Promise<void> {
  const { name, files } = source;
  const timed = stopwatch();
  const bytes = files.reduce((sum, file) => sum + file.size, 0);
  const progress = timed({ stage: 'reading headers', fraction: 0 });
  set({
    opening: { step: 'listing', name, files: files.length, bytes, progress },
    spoken: `Reading ${name}`,
  });
  const listing = await engine.list(files, {
    signal,
    onProgress: (report) => update(signal, { progress: timed(report) }),
  });
  if (signal.aborted) return listing.dispose();
  const contents = contentsOf(name, files, listing);
  const looked: Looked = { files, contents, listing };
  held.looked = looked;
  const choice = source.choice ?? onlyChoice(contents);
  if (contents.series.length === 0) {
    letGo();
    fail(name, nothingToOpen(contents));
  } else if (choice) {
    await openSeries(looked, choice, signal);
  } else {
    pickAgain();
    set({ spoken: `${count(contents.series.length, 'series', 'series')} found` });
  }
}

async function openSeries(looked: Looked, choice: Choice, signal: AbortSignal): Promise<void> {
  const { contents, files, listing } = looked;
  const name = nameOfSeries(contents, choice.series);
  const about = contents.series.find(({ id }) => id === choice.series) ?? null;
  const options = reading(name, contents.bytes, about, signal);
  const scan = await listing.open({ ...choice, ...options });
  const source: Source = { kind: 'files', name: contents.name, files, choice };
  install({ source, scan, truth: null, looked }, name, contents.bytes, signal);
}

/** Says on screen what is being read, and how far it is. */
function reading(
  name: string,
  bytes: number | null,
  about: (Opening & { step: 'reading' })['about'],
  signal: AbortSignal,
): CallOptions {
  const timed = stopwatch();
  const progress = timed({ stage: 'reading', fraction: 0 });
  set({ opening: { step: 'reading', name, bytes, about, progress }, spoken: `Reading ${name}` });
  return { signal, onProgress: (report) => update(signal, { progress: timed(report) }) };
}

function install(next: Opened, name: string, bytes: number | null, signal: AbortSignal): void {
  if (signal.aborted) {
    next.scan.dispose();
    next.truth?.dispose();
    return;
  }
  const before = held.opened;
  held.opened = next;
  held.looked = null;
  before?.scan.dispose();
  before?.truth?.dispose();
  if (before?.looked !== next.looked) before?.looked?.listing.dispose();
  forgetBones();
  forgetLungs();
  forgetMeasures();
  forgetHistogram();
  forgetReport();
  forgetPrepared();
  forgetAdded();
  forgetSurfaces();
  lastSource = next.source;
  const { info } = next.scan;
  set({
    opening: { step: 'idle' },
    overlay: null,
    scan: {
      nth: ++openings,
      name,
      info,
      bytes,
      intensity: null,
      check: { step: 'running' },
      contents: next.looked?.contents ?? null,
      paintedSlices: 0,
      viewerNote: '',
    },
    spoken: `${name} is open, ${sizeVoxel(info.sizeVoxel)} voxels, ${count(info.notes.length, 'note', 'notes')}`,
  });
  setLayer('truth', { present: next.truth !== null, visible: false });
  void showScan(next);
}
