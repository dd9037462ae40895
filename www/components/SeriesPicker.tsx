import { X } from 'lucide-react';
import type { Note } from 'hounsfield';
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'react';

import { cancelPicking, notesOn, openPicked } from '../actions/open.js';
import { bytes, count, sentence } from '../lib/format.js';
import type { Choice, Contents } from '../lib/contents.js';
import type { Picking } from '../session.js';
import { SeriesRow } from './SeriesRow.js';
import { Button } from './ui/Button.js';
import { Disclosure } from './ui/Disclosure.js';

/**
 * What was dropped, and which of it to open. In a file of its own, fetched when the network is idle:
 * most scans open without it.
 */
export default function SeriesPicker({ picking }: { readonly picking: Picking }) {
  const { contents, openId } = picking;
  const [choice, setChoice] = useState(picking.choice);
  const notes = useNotesOn(choice);
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  // Closed while it is still in the page: the browser then gives the focus back to where it was.
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    // At the suggestion, not at the first button.
    element?.querySelector<HTMLElement>('input:checked, [type=submit]')?.focus();
    return () => element?.close();
  }, []);
  const chosen = contents.series.find(({ id }) => id === choice.series);
  const isMany = contents.series.length > 1;
  return (
    <dialog
      ref={dialog}
      aria-labelledby={titleId}
      closedby="any"
      onCancel={(event) => {
        event.preventDefault();
        cancelPicking();
      }}
      className="m-auto max-h-[min(85dvh,52rem)] w-[min(52rem,calc(100vw-2rem))] overflow-hidden rounded-lg border border-line bg-panel text-ink shadow-2xl shadow-black/40 backdrop:bg-black/50 max-md:mb-0 max-md:w-full max-md:max-w-none max-md:rounded-b-none open:flex"
    >
      <form
        // The browser's own bubbles would refuse numbers between two steps; fields tell by themselves.
        noValidate
        className="flex min-h-0 flex-1 flex-col"
        onSubmit={(event) => {
          event.preventDefault();
          const wrong = event.currentTarget.querySelector<HTMLElement>('[aria-invalid=true]');
          if (wrong) wrong.focus();
          else void openPicked(choice);
        }}
      >
        <header className="flex items-start gap-3 px-5 pt-4 pb-3">
          <div className="min-w-0 flex-1">
            <h2 id={titleId} className="text-base font-semibold">
              {isMany ? 'Which series?' : 'Before it is opened'}
            </h2>
            <p className="truncate text-ink-2">
              {[...new Set([contents.name, count(contents.files, 'file', 'files')])].join(' · ')} ·{' '}
              {bytes(contents.bytes)}
            </p>
          </div>
          <button
            type="button"
            aria-label="Close"
            onClick={cancelPicking}
            className="-mt-1 -mr-2 inline-flex size-8 shrink-0 cursor-pointer items-center justify-center rounded-md text-ink-2 hover:bg-hover hover:text-ink pointer-coarse:size-11"
          >
            <X aria-hidden size={17} strokeWidth={1.75} />
          </button>
        </header>
        <div className="min-h-0 flex-1 space-y-4 overflow-y-auto px-5 pb-4">
          <div
            role={isMany ? 'radiogroup' : undefined}
            aria-labelledby={isMany ? titleId : undefined}
            className="space-y-2"
          >
            {contents.series.map((series) => (
              <SeriesRow
                key={series.id}
                series={series}
                isOnly={!isMany}
                isOpen={series.id === openId}
                suggestion={isMany && series.id === contents.suggested ? contents.reason : null}
                choice={series.id === choice.series ? choice : null}
                notes={(series.id === choice.series ? notes : null) ?? series.notes}
                onChoose={setChoice}
              />
            ))}
          </div>
          <NotOpened contents={contents} />
        </div>
        <footer className="flex items-center gap-2 border-t border-line px-5 py-3">
          <p className="min-w-0 flex-1 text-xs text-ink-3 max-md:hidden">
            Read from the headers only, on this device.
          </p>
          <Button className="h-10 max-md:flex-1" onClick={cancelPicking}>
            Cancel
          </Button>
          <Button look="primary" type="submit" className="h-10 max-md:flex-1" disabled={!chosen}>
            {choice.series === openId ? 'Open again' : 'Open'}
            {chosen ? ` (${bytes(chosen.volumeBytes)})` : ''}
          </Button>
        </footer>
      </form>
    </dialog>
  );
}

/** What is to be known with the options as they are chosen; `null`: the listing knows. */
function useNotesOn(choice: Choice): readonly Note[] | null {
  const [found, setFound] = useState<{ of: Choice; notes: readonly Note[] } | null>(null);
  const asListed = Object.entries(choice).every(([key, v]) => key === 'series' || v === undefined);
  useEffect(() => {
    if (asListed) return undefined;
    let isLast = true;
    void notesOn(choice).then((notes) => {
      if (isLast) setFound({ of: choice, notes });
    });
    return () => {
      isLast = false;
    };
  }, [choice, asListed]);
  // Those of the choice before stay until the next are there: nothing jumps.
  return asListed || found?.of.series !== choice.series ? null : found.notes;
}

/** Files that are part of no series, by reason. */
function NotOpened({ contents: { leftOut } }: { readonly contents: Contents }) {
  const files = leftOut.reduce((sum, out) => sum + out.count, 0);
  if (files === 0) return null;
  return (
    <Disclosure title={`Not opened: ${count(files, 'file', 'files')}`}>
      <ul className="space-y-2 pl-5">
        {leftOut.map((out) => (
          <li key={out.code + out.reason}>
            <p>
              {sentence(out.reason)}{' '}
              <span className="text-ink-2">{count(out.count, 'file', 'files')}</span>
            </p>
            <p className="text-xs break-words text-ink-3">
              {out.names.map(withoutFolders).join(', ')}
              {out.count > out.names.length && ', …'}
            </p>
          </li>
        ))}
      </ul>
    </Disclosure>
  );
}

/** Folders are often named after people. */
function withoutFolders(path: string): string {
  return path.split('/').at(-1) ?? path;
}
