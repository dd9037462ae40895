/** Files of labels into masks on a scan. */

import { HounsfieldError } from './errors.js';
import { FileSet } from './file-set.js';
import {
  LISTING_SHARE,
  callWithNifti,
  isNotNifti,
  partOf,
  pick,
  readSeries,
  type Home,
} from './home.js';
import { fileList, plainNifti } from './input.js';
import type { Handle, InputLabels, InputScan } from './protocol.js';
import type { CallOptions, MaskOptions, Note, SeriesInfo, Triple } from './types.js';

/** The masks of one file or stack. */
export interface FoundLabels extends InputLabels {
  readonly source: string;
}

/** What labels are laid on. */
interface Target {
  readonly handle: Handle;
  readonly sizeVoxel: Triple;
  readonly turnOver: boolean;
}

/** Opens files of labels in the engine, as masks on a scan: all that fit. */
export async function openLabels(
  home: Home,
  on: Omit<Target, 'turnOver'>,
  files: File | readonly File[],
  { turnOver = false, ...options }: MaskOptions,
): Promise<readonly FoundLabels[]> {
  const scan: Target = { ...on, turnOver: Boolean(turnOver) };
  const given = fileList(files);
  const nifti = plainNifti(given);
  if (nifti) {
    try {
      const args = (input: InputScan) => ({ scan: scan.handle, input, turnOver: scan.turnOver });
      const found = await callWithNifti(home, 'openLabels', nifti, args, options);
      return [{ ...found, source: nifti.header.name }];
    } catch (error) {
      if (!isNotNifti(error)) throw error;
    }
  }
  const set = new FileSet(home.readers, given);
  try {
    await set.list(partOf(options, 0, LISTING_SHARE));
    return await openListed(home, set, scan, options);
  } finally {
    set.dispose();
  }
}

async function openListed(
  home: Home,
  set: FileSet,
  scan: Target,
  options: CallOptions,
): Promise<readonly FoundLabels[]> {
  const { series, leftOut } = set.listing;
  const fitting = series.filter(({ sizeVoxel }) => sizeVoxel.join() === scan.sizeVoxel.join());
  // When none fits, the error of the likeliest says why.
  const wanted = fitting.length > 0 ? fitting : [pick(set.listing)];
  const notes: Note[] = leftOut
    .filter(({ code }) => code !== 'dicomdir')
    .map(({ count, reason, names }) =>
      leftOutNote(`${count} of the files: ${reason} (${names.join(', ')})`),
    );
  for (const { title, sizeVoxel } of series.filter((one) => !wanted.includes(one))) {
    notes.push(leftOutNote(`${title} has ${sizeVoxel.join(' × ')} voxels, the scan has not.`));
  }
  const found: FoundLabels[] = [];
  let refused: unknown = null;
  const share = (1 - LISTING_SHARE) / wanted.length;
  for (const [k, one] of wanted.entries()) {
    const from = LISTING_SHARE + k * share;
    try {
      const made = await readLabels(home, set, scan, one, partOf(options, from, from + share));
      found.push({ ...made, source: one.title });
    } catch (error) {
      if (!(error instanceof HounsfieldError) || error.code === 'engine_lost') throw error;
      refused ??= error;
      notes.push(leftOutNote(`${one.title}: ${error.message}`));
    }
  }
  if (found.length === 0) throw refused;
  return found.map((each) => ({ ...each, notes: [...each.notes, ...notes] }));
}

async function readLabels(
  home: Home,
  set: FileSet,
  { handle: scan, turnOver }: Target,
  series: SeriesInfo,
  call: CallOptions,
): Promise<InputLabels> {
  const { client } = home;
  const planned = await set.plan(series, { labels: true }, call);
  const { labels, palette = [] } = planned.plan;
  const coding = labels ?? 'labels';
  const read = await readSeries<InputLabels>(
    set,
    planned,
    {
      file: (input, inner, transfer) =>
        client.call('openLabels', { scan, input, turnOver }, inner, transfer),
      planes: (input, inner, transfer) =>
        client.call('assembleLabels', { scan, input, turnOver, coding }, inner, transfer),
    },
    call,
  );
  const masks = read.masks.map((one) => ({
    ...one,
    colour: one.colour ?? hex(palette[one.label]),
  }));
  return { ...read, masks };
}

function hex(rgb: Triple | undefined): string | null {
  return rgb ? `#${rgb.map((part) => part.toString(16).padStart(2, '0')).join('')}` : null;
}

function leftOutNote(message: string): Note {
  return { code: 'left_out', message };
}
