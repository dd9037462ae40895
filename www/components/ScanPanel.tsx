import { Check, List } from 'lucide-react';

import { pickOther } from '../actions/open.js';
import { isWorthAList } from '../lib/contents.js';
import { bytes, number, percent, sizeVoxel, spacing } from '../lib/format.js';
import { isWarning } from '../lib/notes.js';
import { isHu } from '../lib/units.js';
import { useSession } from '../session.js';
import type { OpenScan } from '../session.js';
import { AddMask } from './AddMask.js';
import { CheckItems } from './CheckItems.js';
import { HistogramSection } from './HistogramSection.js';
import { LayerList } from './LayerList.js';
import { Button } from './ui/Button.js';
import { Facts } from './ui/Facts.js';
import { Remarks, Warning, Warnings } from './ui/Notice.js';
import { Section } from './ui/Section.js';

/** What was opened, what to know about it, and what lies over it. */
export function ScanPanel() {
  const scan = useSession((s) => s.scan);
  if (!scan) return null;
  return (
    <>
      <ScanFacts scan={scan} />
      <Checks scan={scan} />
      <Section title="Layers" aside={<AddMask />}>
        <LayerList />
      </Section>
      <HistogramSection key={scan.nth} />
    </>
  );
}

function ScanFacts({ scan }: { readonly scan: OpenScan }) {
  const { info, intensity, contents } = scan;
  const range = intensity && `${number(intensity.minHu)} to ${number(intensity.maxHu)}`;
  const hasHu = isHu(info);
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
          [hasHu ? 'Values, HU' : 'Values', range ?? '…'],
          ...(hasHu
            ? [['Padding', intensity ? percent(intensity.paddingShare) : '…'] as const]
            : []),
          ['In memory', bytes(info.volumeBytes)],
          ['Bones need', bytes(info.peakBytes)],
        ]}
      />
      {contents && isWorthAList(contents) && (
        <Button icon={List} className="mt-3 w-full" onClick={pickOther}>
          {contents.series.length > 1 ? 'Other series…' : 'Files and options…'}
        </Button>
      )}
    </Section>
  );
}

function Checks({ scan }: { readonly scan: OpenScan }) {
  const { check, info, viewerNote } = scan;
  const warnings = info.notes.filter(isWarning);
  const facts = info.notes.filter((note) => !isWarning(note));
  const items = check.step === 'done' ? check.items : [];
  const isQuiet = items.length === 0 && warnings.length === 0 && !viewerNote;
  return (
    <Section title="CT check">
      <div className="space-y-2">
        {check.step === 'running' && <p className="text-ink-2">Checking…</p>}
        {check.step === 'failed' && <Warning>{check.what}</Warning>}
        {check.step === 'done' && isQuiet && (
          <p className="flex gap-2">
            <Check aria-hidden size={15} className="mt-0.5 shrink-0 text-good" />
            Nothing to warn of.
          </p>
        )}
        <CheckItems items={items} />
        <Warnings notes={warnings} />
        {viewerNote && <Warning>{viewerNote}</Warning>}
        <Remarks notes={facts} />
      </div>
    </Section>
  );
}
