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

/** Files of labels, laid over the scan that is open. */
export async function addMasks(files: readonly File[]): Promise<void> {
  const { opened } = held;
  if (!opened || files.length === 0) return;
  reading.abort();
  const { signal } = (reading = new AbortController());
  const name = nameOfFiles(files);
  const timed = stopwatch();
  const progress = timed({ stage: 'reading', fraction: 0 });
  set({ adding: { step: 'reading', name, progress } });
  try {
    const masks = await opened.scan.openMasks(files, {
      signal,
      onProgress: (report) => {
        if (!signal.aborted) set({ adding: { step: 'reading', name, progress: timed(report) } });
      },
    });
    if (signal.aborted || held.opened !== opened) {
      for (const { mask } of masks) mask.dispose();
      return;
    }
    set({ adding: { step: 'idle' }, spoken: `${count(masks.length, 'mask', 'masks')} added` });
    await lay(name, masks);
  } catch (error) {
    if (isAbort(error, signal)) return;
    const problem = problemOf(
      error,
      'Choose a file of labels that lie on the grid of this scan, or pictures as many as it has slices.',
    );
    set({ adding: isLoss(error) ? { step: 'idle' } : { step: 'failed', name, problem } });
  }
}

async function lay(name: string, masks: readonly LabelledMask[]): Promise<void> {
  const shown = drawnNow();
  const layers: (readonly [AddedId, Layer])[] = [];
  for (const [i, one] of masks.entries()) {
    const { mask, notes } = one;
    const id: AddedId = `added-${++lastId}`;
    held.added.set(id, mask);
    layers.push([
      id,
      {
        name: nameOf(masks, one, name),
        notes: notes.map(({ message }) => message),
        colour: COLOURS[(lastId - 1) % COLOURS.length] ?? COLOURS[0],
        opacity: 0.5,
        visible: shown + i < DRAWN_AT_ONCE,
        present: true,
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
