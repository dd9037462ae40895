import type { Note } from 'hounsfield';
import { useEffect, useState } from 'react';

import { cancelPicking, notesOn, openPicked } from '../actions/open.js';
import { bytes, count, sentence } from '../lib/format.js';
import type { Choice, Contents } from '../lib/contents.js';
import type { Picking } from '../session.js';
import { SeriesRow } from './SeriesRow.js';
import { Button } from './ui/Button.js';
import { Disclosure } from './ui/Disclosure.js';
import { Modal } from './ui/Modal.js';

const MANY = 'Which series?';

/**
 * What was dropped, and which of it to open. In a file of its own, fetched when the network is idle:
 * most scans open without it.
 */
export default function SeriesPicker({ picking }: { readonly picking: Picking }) {
  const { contents, openId } = picking;
  const [choice, setChoice] = useState(picking.choice);
  const notes = useNotesOn(choice);
  const chosen = contents.series.find(({ id }) => id === choice.series);
  const isMany = contents.series.length > 1;
  const about = [...new Set([contents.name, count(contents.files, 'file', 'files')])].join(' · ');
  return (
    <Modal
      title={isMany ? MANY : 'Before it is opened'}
      about={`${about} · ${bytes(contents.bytes)}`}
      size="medium"
      onClose={cancelPicking}
      onSubmit={() => void openPicked(choice)}
      footer={
        <>
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
        </>
      }
    >
      <div className="space-y-4">
        <div
          role={isMany ? 'radiogroup' : undefined}
          aria-label={isMany ? MANY : undefined}
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
    </Modal>
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
