import type { LeftOut, Listing, OpenOptions, SeriesInfo } from 'hounsfield';

import { count, sentence } from './format.js';
import { adviceFor } from './problem.js';
import type { Problem } from './problem.js';

/** What was dropped, as plain data: the engine's listing without its handle. */
export interface Contents {
  /** As people call it: a file, a folder, "12 files". */
  readonly name: string;
  readonly files: number;
  readonly bytes: number;
  readonly series: readonly SeriesInfo[];
  readonly suggested: string | null;
  readonly reason: string;
  readonly leftOut: readonly LeftOut[];
}

/** How one series of a listing is to be opened. */
export type Choice = { readonly series: string } & Pick<
  OpenOptions,
  'gaps' | 'tilt' | 'spacingMm' | 'turnOver'
>;

export function contentsOf(name: string, files: readonly File[], listing: Listing): Contents {
  const { series, suggested, reason, leftOut } = listing;
  const bytes = files.reduce((sum, file) => sum + file.size, 0);
  return { name, files: files.length, bytes, series, suggested, reason, leftOut };
}

/** Left out without any loss to a series: what never was a part of one. */
const HARMLESS = ['dicomdir', 'not_a_scan', 'no_image'];

/** Notes after which a reader may want other files. */
const INCOMPLETE = /^(broken|missing|stray|series)_|^elsewhere/;

/**
 * The one way to open it, or `null` where the reader has something to decide, or to see first: files
 * that belong to it and cannot be used.
 */
export function onlyChoice({ series, leftOut }: Contents): Choice | null {
  const [one, ...others] = series;
  if (!one || others.length > 0) return null;
  const { gaps, tilt, spacing } = one.asks;
  const lacks =
    leftOut.some(({ code }) => !HARMLESS.includes(code)) ||
    one.notes.some(({ code }) => INCOMPLETE.test(code));
  return gaps || tilt || spacing || lacks ? null : { series: one.id };
}

/** What the list shows first. */
export function firstChoice({ series, suggested }: Contents): Choice {
  return { series: suggested ?? series[0]?.id ?? '' };
}

/** Has the list more to tell than the scan that was opened from it? */
export function isWorthAList({ series, leftOut }: Contents): boolean {
  const [one, ...others] = series;
  const asks = one?.asks;
  const decides = asks !== undefined && (asks.gaps || asks.tilt || asks.spacing);
  return others.length > 0 || decides || leftOut.length > 0;
}

/** A single file keeps its name; a series among many is better known by its title. */
export function nameOfSeries(contents: Contents, id: string): string {
  const series = contents.series.find((one) => one.id === id);
  const isAlone = contents.files === 1 && contents.series.length === 1;
  return isAlone ? contents.name : (series?.title ?? '') || contents.name;
}

/** Why nothing of it can be opened. */
export function nothingToOpen({ files, leftOut }: Contents): Problem {
  const [first, ...rest] = leftOut;
  const reasons = leftOut.map((out) => `${count(out.count, 'file', 'files')}: ${clause(out)}`);
  return {
    what:
      first && rest.length === 0 && first.count === 1
        ? sentence(first.reason)
        : `None of the ${count(files, 'file', 'files')} can be opened as a scan. ${reasons.map(sentence).join(' ')}`.trim(),
    next: adviceFor(
      first && rest.length === 0 ? first.code : '',
      'Choose the files or the folder of a scan: DICOM, NIfTI, NRRD, MetaImage or pictures.',
    ),
    details: leftOut.map((out) => `${out.code}: ${out.count}`).join('\n'),
  };
}

function clause({ reason }: LeftOut): string {
  return reason.charAt(0).toLowerCase() + reason.slice(1);
}
