import type { LabelledMask } from 'hounsfield';

import { count } from '../lib/format.js';
import { nameOfFiles } from '../lib/gather.js';
import { isAbort, isLoss, problemOf } from '../lib/problem.js';
import { stopwatch } from '../lib/stopwatch.js';
import { addLayers, dropLayers, get, presentLayers, set, setLayer } from '../session.js';
import type { AddedId, Layer, LayerId } from '../session.js';
import { held } from './held.js';
import { hideMask, paintMask } from './viewer.js';

/** What the views draw at once. */
export const DRAWN_AT_ONCE = 8;

/** Told apart by colour-blind readers, and none of them is that of the app's own masks. */
const COLOURS = [
  '#E4572E',
  '#C792EA',
  '#B8D04A',
  '#F08CAE',
  '#4FD1C5',
  '#D9A066',
  '#A3B1C6',
  '#8E7CF0',
  '#F4E27A',
  '#E58BDB',
] as const;

let reading = new AbortController();
let lastId = 0;

/** What was added at once: to be turned over at once. */
interface Batch {
  readonly name: string;
  readonly files: readonly File[];
  turned: boolean;
}

/** Which of a batch's masks a layer is. */
interface Origin {
  readonly batch: Batch;
  readonly source: string;
  readonly label: number;
}

const origins = new Map<AddedId, Origin>();

/** Files of labels, laid over the scan that is open. */
export async function addMasks(files: readonly File[]): Promise<void> {
  if (files.length === 0) return;
  const batch: Batch = { name: nameOfFiles(files), files, turned: false };
  const masks = await read(batch, false);
  if (!masks) return;
  set({ spoken: `${count(masks.length, 'mask', 'masks')} added` });
  await lay(batch, masks);
}

/** Reads a layer's files again, their last slice the lowest, or as it was. */
export async function turnOver(id: AddedId): Promise<void> {
  const { batch } = origins.get(id) ?? {};
  if (!batch) return;
  const turned = !batch.turned;
  const masks = await read(batch, turned);
  if (!masks) return;
  batch.turned = turned;
  set({ spoken: turned ? 'Turned over' : 'Turned back' });
  for (const { mask, label, source } of masks) {
    const [layer] =
      [...origins].find(
        ([, at]) => at.batch === batch && at.label === label && at.source === source,
      ) ?? [];
    // Layers that were removed stay away.
    if (!layer) {
      mask.dispose();
      continue;
    }
    held.added.get(layer)?.dispose();
    held.added.set(layer, mask);
    if (get().layers[layer]?.turned !== undefined) setLayer(layer, { turned });
    if (get().layers[layer]?.visible) await paintMask(layer);
  }
}

/** The masks of a batch's files on the scan that is open; `null` when there are none, which is told. */
async function read(
  { name, files }: Batch,
  turned: boolean,
): Promise<readonly LabelledMask[] | null> {
  const { opened } = held;
  if (!opened) return null;
  reading.abort();
  const { signal } = (reading = new AbortController());
  const timed = stopwatch();
  const progress = timed({ stage: 'reading', fraction: 0 });
  set({ adding: { step: 'reading', name, progress } });
  try {
    const masks = await opened.scan.openMasks(files, {
      turnOver: turned,
      signal,
      onProgress: (report) => {
        if (!signal.aborted) set({ adding: { step: 'reading', name, progress: timed(report) } });
      },
    });
    if (signal.aborted || held.opened !== opened) {
      for (const { mask } of masks) mask.dispose();
      return null;
    }
    set({ adding: { step: 'idle' } });
    return masks;
  } catch (error) {
    if (isAbort(error, signal)) return null;
    const problem = problemOf(
      error,
      'Choose a file of labels that lie on the grid of this scan, or pictures as many as it has slices.',
    );
    set({ adding: isLoss(error) ? { step: 'idle' } : { step: 'failed', name, problem } });
    return null;
  }
}

async function lay(batch: Batch, masks: readonly LabelledMask[]): Promise<void> {
  const shown = drawnNow();
  const layers: (readonly [AddedId, Layer])[] = [];
  for (const [i, one] of masks.entries()) {
    const { mask, notes, label, source, colour } = one;
    const id: AddedId = `added-${++lastId}`;
    held.added.set(id, mask);
    origins.set(id, { batch, source, label });
    const hasEnds = mask.sizeVoxel[2] > 1 && notes.some(({ code }) => code === 'placed_by_size');
    layers.push([
      id,
      {
        name: nameOf(masks, one, batch.name),
        notes: notes.map(({ message }) => message),
        colour: colour ?? COLOURS[(lastId - 1) % COLOURS.length] ?? COLOURS[0],
        opacity: 0.5,
        visible: shown + i < DRAWN_AT_ONCE,
        present: true,
        ...(hasEnds ? { turned: batch.turned } : {}),
      },
    ]);
  }
  addLayers(layers);
  for (const [id, { visible }] of layers) {
    if (visible) await paintMask(id);
  }
}

/** By its file where there are several, by its label where its file has several. */
function nameOf(masks: readonly LabelledMask[], one: LabelledMask, name: string): string {
  const { label, source } = one;
  const file = masks.some((other) => other.source !== source) ? source : name;
  const isAlone = masks.filter((other) => other.source === source).length === 1;
  return isAlone ? file : `Label ${label}, ${file}`;
}

export function cancelAdding(): void {
  reading.abort();
  set({ adding: { step: 'idle' }, spoken: 'Cancelled' });
}

export function dismissAdding(): void {
  set({ adding: { step: 'idle' } });
}

/** Shows or hides a layer. One that is hidden makes room for another one in the views. */
export function showLayer(id: LayerId, visible: boolean): void {
  if (visible && isFull()) return;
  setLayer(id, { visible });
  if (visible) void paintMask(id);
  else hideMask(id);
}

/** Are as many masks on screen as the views can draw? */
export function isFull(): boolean {
  return drawnNow() >= DRAWN_AT_ONCE;
}

function drawnNow(): number {
  return presentLayers(get().layers).filter(([, { visible }]) => visible).length;
}

/** A result has come: the masks that were added last give way until there is room for it. */
export function makeRoom(): void {
  const added = [...held.added.keys()].filter((id) => get().layers[id]?.visible);
  while (drawnNow() > DRAWN_AT_ONCE) {
    const last = added.pop();
    if (last === undefined) return;
    showLayer(last, false);
  }
}

export function removeMask(id: AddedId): void {
  hideMask(id);
  held.added.get(id)?.dispose();
  held.added.delete(id);
  origins.delete(id);
  dropLayers([id]);
}

/** When another scan takes the place: they lay on the grid of the one before. */
export function forgetAdded(): void {
  reading.abort();
  // By the layers: handles are gone already when the engine was lost.
  const ids = Object.keys(get().layers).filter((id) => id.startsWith('added-'));
  for (const id of ids) removeMask(id as AddedId);
  set({ adding: { step: 'idle' } });
}
