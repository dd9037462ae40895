import { RotateCcw } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';

import { resetThreshold } from '../actions/bones.js';
import { useUnit } from '../hooks/useUnit.js';
import { checkWords } from '../lib/check.js';
import { curveCsv } from '../lib/csv.js';
import { hounsfield, number } from '../lib/format.js';
import { voxelMl } from '../lib/grid.js';
import { useSession } from '../session.js';
import type { BonesOutcome } from '../session.js';
import { CurveReadout } from './CurveReadout.js';
import { CurveSlider } from './CurveSlider.js';
import { CurveTable } from './CurveTable.js';
import { Proposals } from './Proposals.js';
import { Button } from './ui/Button.js';
import { CopyButton } from './ui/Copy.js';
import { Disclosure } from './ui/Disclosure.js';
import { Section } from './ui/Section.js';
import { Segmented } from './ui/Segmented.js';

const CurvePlot = lazy(() => import('./CurvePlot.js'));

/** Room to go below a threshold that lies at the curve's beginning. */
const MARGIN_HU = 25;

const SCALES = [
  { value: 'linear', name: 'Linear' },
  { value: 'log', name: 'Log' },
] as const;

/** The component curve: seen, read, and taken by the hand to choose another threshold. */
export function CurveSection({ outcome }: { readonly outcome: BonesOutcome }) {
  const { report, suggestedHu } = outcome;
  const { curve, choice } = report;
  const [scale, setScale] = useState<'linear' | 'log'>('linear');
  const [hoverHu, setHoverHu] = useState<number | null>(null);
  const previewHu = useSession((s) => s.previewHu);
  const ml = voxelMl(useSession((s) => s.scan?.info.rasFromVoxel) ?? []);
  const unit = useUnit();
  const check = useSession((s) => s.scan?.check);
  const atHu = previewHu ?? report.thresholdHu;
  // From results, not from the hand: the axis must not slide away under a drag.
  const fromHu = Math.min(curve.firstHu, Math.min(suggestedHu, report.thresholdHu) - MARGIN_HU);
  const isOwn = atHu !== suggestedHu;
  return (
    <Section
      title="Components by threshold"
      aside={
        <Segmented label="Vertical scale" options={SCALES} value={scale} onChange={setScale} />
      }
    >
      <CurveReadout
        curve={curve}
        hu={hoverHu ?? atHu}
        voxelMl={ml}
        unit={unit}
        isHover={hoverHu !== null}
      />
      <CurveSlider curve={curve} hu={atHu} fromHu={fromHu} voxelMl={ml} unit={unit}>
        <Suspense fallback={<div className="h-48" />}>
          <CurvePlot
            curve={curve}
            choice={choice}
            atHu={atHu}
            fromHu={fromHu}
            suggestedHu={suggestedHu}
            isLog={scale === 'log'}
            unit={unit}
            onHover={setHoverHu}
          />
        </Suspense>
      </CurveSlider>
      <div className="mt-2 mb-1 flex min-h-8 items-center">
        {isOwn ? (
          <Button icon={RotateCcw} onClick={resetThreshold}>
            Reset to suggested, {hounsfield(suggestedHu, unit)}
          </Button>
        ) : (
          <p className="text-ink-2">Click the curve to try another threshold.</p>
        )}
      </div>
      <Proposals choice={choice} />
      <Disclosure title={`Table of all ${number(curve.components.length)} thresholds`}>
        <div className="mb-2">
          <CopyButton
            name="Copy as CSV"
            text={() => curveCsv(curve, ml, check ? checkWords(check) : '')}
          />
        </div>
        <CurveTable curve={curve} voxelMl={ml} unit={unit} atHu={report.thresholdHu} />
      </Disclosure>
    </Section>
  );
}
