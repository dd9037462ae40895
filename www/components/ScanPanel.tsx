import { Check } from 'lucide-react';

import { bytes, number, percent, sentence, sizeVoxel, spacing } from '../lib/format.js';
import { isWarning } from '../lib/notes.js';
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
  const range = intensity && `${number(intensity.minHu)} to ${number(intensity.maxHu)}`;
  return (
    <Section title="Scan">
      <p className="mb-2 font-medium break-words">{scan.name}</p>
      <Facts
        rows={[
          ['Format', info.format],
          ['Size', sizeVoxel(info.sizeVoxel)],
          ['Spacing, mm', spacing(info.spacingMm)],
          ['Axes', info.fileAxes],
          ['Stored as', info.storedType],
          ['Values, HU', range ?? '…'],
          ['Padding', intensity ? percent(intensity.paddingShare) : '…'],
          ['In memory', bytes(info.volumeBytes)],
          ['Bones need', bytes(info.peakBytes)],
        ]}
      />
    </Section>
  );
}

function Checks({ scan }: { readonly scan: OpenScan }) {
  const warnings = scan.info.notes.filter(isWarning);
  const facts = scan.info.notes.filter((note) => !isWarning(note));
  return (
    <Section title="CT check">
      <div className="space-y-2">
        {warnings.length === 0 && !scan.viewerNote && (
          <p className="flex gap-2">
            <Check aria-hidden size={15} className="mt-0.5 shrink-0 text-good" />
            Nothing to warn of.
          </p>
        )}
        {warnings.map((note) => (
          <Warning key={note.code + note.message}>{sentence(note.message)}</Warning>
        ))}
        {scan.viewerNote && <Warning>{scan.viewerNote}</Warning>}
        {facts.map((note) => (
          <p key={note.code} className="text-ink-2">
            {sentence(note.message)}
          </p>
        ))}
      </div>
    </Section>
  );
}
