import {
  bytes,
  hounsfield,
  number,
  percent,
  sentence,
  sizeVoxel,
  spacingMm,
} from '../lib/format.js';
import { useSession } from '../session.js';
import type { OpenScan } from '../session.js';
import { LayerList } from './LayerList.js';
import { Facts } from './ui/Facts.js';
import { Warning } from './ui/Notice.js';
import { Section } from './ui/Section.js';

/** What was opened, what to know about it, and what lies over it. */
export function ScanPanel() {
  const scan = useSession((s) => s.scan);
  if (!scan) return null;
  return (
    <>
      <ScanFacts scan={scan} />
      <Checks scan={scan} />
      <Section title="Layers">
        <LayerList />
      </Section>
    </>
  );
}

function ScanFacts({ scan }: { readonly scan: OpenScan }) {
  const { info, intensity } = scan;
  const range = intensity && `${number(intensity.minHu)} to ${hounsfield(intensity.maxHu)}`;
  return (
    <Section title="Scan">
      <p className="mb-2 font-medium break-words">{scan.name}</p>
      <Facts
        rows={[
          ['Format', info.format],
          ['Size', sizeVoxel(info.sizeVoxel)],
          ['Spacing', spacingMm(info.spacingMm)],
          ['Axes', info.fileAxes],
          ['Stored as', info.storedType],
          ['Values', range ?? '…'],
          ['Padding', intensity ? percent(intensity.paddingShare) : '…'],
          ['In memory', bytes(info.volumeBytes)],
        ]}
      />
    </Section>
  );
}

function Checks({ scan }: { readonly scan: OpenScan }) {
  const { notes } = scan.info;
  return (
    <Section title="CT check">
      {notes.length === 0 && <p className="text-ink-2">Nothing to note.</p>}
      <div className="space-y-2">
        {notes.map((note) => (
          <Warning key={note.code + note.message}>{sentence(note.message)}</Warning>
        ))}
        {scan.viewerNote && <Warning>{scan.viewerNote}</Warning>}
      </div>
    </Section>
  );
}
