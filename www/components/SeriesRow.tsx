import type { Note, SeriesInfo } from 'hounsfield';

import type { Choice } from '../lib/contents.js';
import { bytes, count, sentence, sizeVoxel, spacingMm } from '../lib/format.js';
import { isWarning } from '../lib/notes.js';
import { useSession } from '../session.js';
import { SeriesAsks } from './SeriesAsks.js';
import { Warnings } from './ui/Notice.js';

interface SeriesRowProps {
  readonly series: SeriesInfo;
  /** There is nothing to choose between. */
  readonly isOnly: boolean;
  readonly isOpen: boolean;
  /** Why this one is suggested; `null` for the others. */
  readonly suggestion: string | null;
  /** `null`: another one is chosen. */
  readonly choice: Choice | null;
  /** With the options as they are chosen. */
  readonly notes: readonly Note[];
  readonly onChoose: (choice: Choice) => void;
}

/** One series: what it is, what to know before opening it, and what the reader may decide. */
export function SeriesRow(props: SeriesRowProps) {
  const { series, isOnly, isOpen, suggestion, choice, notes, onChoose } = props;
  const warnings = notes.filter(isWarning);
  // All of them for the one that is chosen; a long list stays a list.
  const shown = choice ? warnings : warnings.slice(0, 1);
  const { gaps, tilt, spacing, turnOver } = series.asks;
  const isAsked = choice !== null && (gaps || tilt || spacing || turnOver);
  return (
    <div
      className={`rounded-lg border ${choice ? 'border-accent bg-accent-soft/40' : 'border-line hover:border-line-strong'}`}
    >
      <label className="flex cursor-pointer gap-3 p-3">
        {!isOnly && (
          <input
            type="radio"
            name="series"
            checked={choice !== null}
            onChange={() => onChoose({ series: series.id })}
            className="mt-0.5 size-4 shrink-0 accent-accent pointer-coarse:size-6"
          />
        )}
        <span className="min-w-0 flex-1">
          <span className="flex flex-wrap items-baseline gap-x-2">
            <span className="font-medium break-words">{series.title || 'Without a name'}</span>
            {suggestion !== null && <Tag>Suggested</Tag>}
            {isOpen && <Tag>Open now</Tag>}
          </span>
          <span className="mt-1 grid grid-cols-[8rem_9rem_11rem_6rem_1fr] gap-x-3 text-ink-2 max-md:flex max-md:flex-wrap">
            <span>{[series.modality, series.format].filter(Boolean).join(', ')}</span>
            <span>{sizeVoxel(series.sizeVoxel)}</span>
            <span>{spacingMm(series.spacingMm)}</span>
            <span>{count(series.files, 'file', 'files')}</span>
            <Memory series={series} />
          </span>
          {suggestion && <span className="mt-1 block text-ink-2">{sentence(suggestion)}</span>}
        </span>
      </label>
      {warnings.length > 0 && (
        <div className={`space-y-1 px-3 pb-3 ${isOnly ? '' : 'pl-10'}`}>
          <Warnings notes={shown} />
          {shown.length < warnings.length && (
            <p className="text-xs text-ink-2">
              And {count(warnings.length - shown.length, 'more note', 'more notes')}
            </p>
          )}
        </div>
      )}
      {isAsked && (
        <div className={`border-t border-line p-3 ${isOnly ? '' : 'pl-10'}`}>
          <SeriesAsks series={series} choice={choice} onChoose={onChoose} />
        </div>
      )}
    </div>
  );
}

function Tag({ children }: { readonly children: string }) {
  return (
    <span className="rounded-full border border-accent px-1.5 text-xs text-accent">{children}</span>
  );
}

/** The engine needs room for it: said before, not after. */
function Memory({ series }: { readonly series: SeriesInfo }) {
  const limitBytes = useSession((s) => s.memory?.limitBytes);
  const isTooMuch = limitBytes !== undefined && series.volumeBytes > limitBytes;
  return (
    <span className={isTooMuch ? 'text-bad' : ''}>
      {bytes(series.volumeBytes)} <span className="md:hidden">in memory</span>
      {isTooMuch && `, more than the ${bytes(limitBytes)} there are`}
    </span>
  );
}
