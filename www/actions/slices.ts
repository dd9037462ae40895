import type { CallOptions, DatasetLabel, Mask, PrepareStep, Scan, SlicesOptions } from 'hounsfield';

import { checkInName } from '../lib/check.js';
import { rgbOf } from '../lib/colour.js';
import { count } from '../lib/format.js';
import { newFolder, pickTarget, writerInto } from '../lib/folder.js';
import { problemOf } from '../lib/problem.js';
import { saveFile } from '../lib/save.js';
import { mapCsv, rangeOf } from '../lib/slices.js';
import { outcomeOf } from '../lib/task.js';
import { failTask, get, presentLayers, set, setTask } from '../session.js';
import type { LayerId, Session } from '../session.js';
import { held, maskOf } from './held.js';
import { cancelTask, runTask, stopTask } from './task.js';

const ACROSS = { axial: 2, coronal: 1, sagittal: 0 } as const;

/** What slices are cut of: the copy that was prepared, else the scan as it is. */
interface Source {
  readonly scan: Scan;
  readonly steps: readonly PrepareStep[];
  readonly masks: readonly { readonly id: LayerId; readonly mask: Mask }[];
}

function source(): Source | null {
  const { opened, prepared } = held;
  const { tasks, layers } = get();
  const outcome = outcomeOf(tasks.prepare);
  if (prepared && outcome) {
    const masks = outcome.masks.flatMap(({ id }, k) => {
      const mask = prepared.masks[k];
      return mask ? [{ id, mask }] : [];
    });
    return { scan: prepared.scan, steps: outcome.steps, masks };
  }
  if (!opened) return null;
  const masks = presentLayers(layers).flatMap(([id]) => {
    const mask = maskOf(id);
    return mask ? [{ id, mask }] : [];
  });
  return { scan: opened.scan, steps: [], masks };
}

/** Layers whose masks go along, in the order of their numbers: those that are shown. */
export function labelledLayers({ layers, tasks }: Session): readonly LayerId[] {
  const outcome = outcomeOf(tasks.prepare);
  const ids = outcome ? outcome.masks.map(({ id }) => id) : presentLayers(layers).map(([id]) => id);
  return ids.filter((id) => layers[id]?.present && layers[id].visible);
}

/** All slices as one zip. */
export function saveSlicesZip(): Promise<void> {
  return saveSlices(async (scan, options) => {
    const zip = await scan.toDataset(options);
    const name = `${options.caseId}${checkInName(get().scan?.check)}.dataset.zip`;
    return { name, bytes: zip.size, finish: () => saveFile(name, zip) };
  });
}

/** The same files in a new folder inside one that the reader chooses; one is held in memory at a time. */
export async function saveSlicesFolder(): Promise<void> {
  let parent: FileSystemDirectoryHandle | null;
  try {
    parent = await pickTarget();
  } catch (error) {
    failTask('slices', TITLE, problemOf(error, 'Choose another folder, or save a zip.'));
    return;
  }
  if (!parent) return;
  const target = parent;
  await saveSlices(async (scan, options) => {
    const name = `${options.caseId}${checkInName(get().scan?.check)}.dataset`;
    const folder = await newFolder(target, name);
    const write = writerInto(folder);
    let bytes = 0;
    for await (const file of scan.slices(options)) {
      // Who is who belongs beside the dataset, not into it.
      if (file.name === 'map.csv') continue;
      await write(file.name, file.bytes);
      bytes += file.bytes.byteLength;
    }
    return { name: folder.name, bytes, finish: () => undefined };
  });
}

const TITLE = 'The slices could not be saved';

interface Saved {
  readonly name: string;
  readonly bytes: number;
  /** What is left to be done once nobody can cancel any more. */
  readonly finish: () => void;
}

type Options = SlicesOptions & { readonly caseId: string };

async function saveSlices(save: (scan: Scan, options: Options) => Promise<Saved>): Promise<void> {
  const from = source();
  const { scan: shown, params } = get();
  if (!from || !shown) return;
  const { caseId, plane } = params.slices;
  const slices = from.scan.info.sizeVoxel[ACROSS[plane]];
  await runTask({
    id: 'slices',
    ask: (_, call) => save(from.scan, optionsOf(from, shown.name, call)),
    publish: ({ name, bytes, finish }) => {
      finish();
      const map = mapCsv(caseId, shown.name);
      setTask('slices', () => ({ step: 'done', outcome: { name, slices, bytes, map } }));
      set({ spoken: `${count(slices, 'slice', 'slices')} saved` });
      return Promise.resolve();
    },
    discard: () => undefined,
    title: TITLE,
    advice: 'Try again, or save them elsewhere.',
  });
}

function optionsOf({ masks, steps }: Source, original: string, call: CallOptions): Options {
  const session = get();
  const { format, plane, caseId, palette, blackHu, whiteHu } = session.params.slices;
  const range = rangeOf(steps, session.view.window);
  const [black, white] = [blackHu ?? range.blackHu, whiteHu ?? range.whiteHu];
  const shown = labelledLayers(session);
  const labels = shown.flatMap((id): DatasetLabel[] => {
    const [mask, layer] = [masks.find((one) => one.id === id)?.mask, session.layers[id]];
    return mask && layer ? [{ name: layer.name, mask, rgb: rgbOf(layer.colour) }] : [];
  });
  const window = { centreHu: (black + white) / 2, widthHu: white - black };
  return { ...call, format, plane, caseId, palette, original, labels, window };
}

export function cancelSlices(): void {
  cancelTask('slices');
}

/** When what they were cut of is gone. */
export function forgetSlices(): void {
  stopTask('slices');
  setTask('slices', () => ({ step: 'none' }));
}
