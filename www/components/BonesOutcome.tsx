import type { BonesReport } from 'hounsfield';

import { useUnit } from '../hooks/useUnit.js';
import { count, hounsfield, millilitres, sentence } from '../lib/format.js';
import { get } from '../session.js';
import type { BonesOutcome as Outcome } from '../session.js';
import { CheckBadge } from './CheckBadge.js';
import { CurveSection } from './CurveSection.js';
import { MaskDownload } from './MaskDownload.js';
import { MeasuresButton } from './MeasuresButton.js';
import { PartList } from './PartList.js';
import { CopyButton } from './ui/Copy.js';
import { Warnings } from './ui/Notice.js';
import { Section } from './ui/Section.js';

interface BonesOutcomeProps {
  readonly outcome: Outcome;
  /** False while another run is on its way to replace it. */
  readonly isCurrent: boolean;
}

/** One number first, how it came about, what to take away; then the curve and the parts. */
export function BonesOutcome({ outcome, isCurrent }: BonesOutcomeProps) {
  const { report } = outcome;
  return (
    <>
      <Section title="Result" isTitleHidden>
        <Headline report={report} isCurrent={isCurrent} />
        <p className="mt-1 text-ink-2">{sentence(report.choice.reason)}</p>
        <p className="mt-1 text-ink-2">
          {count(report.voxels, 'voxel', 'voxels')} in{' '}
          {count(report.components, 'component', 'components')}
        </p>
        <CheckBadge className="mt-2" />
        <Warnings notes={report.notes} className="mt-3" />
        <MaskDownload
          task="bones"
          name="mask"
          about="With name, colour and SNOMED code of the bone."
          fileBytes={outcome.fileBytes}
          isEnabled={isCurrent}
        />
        <div className="mt-2 flex">
          <MeasuresButton />
        </div>
        <div className="mt-1 -ml-3">
          <CopyButton name="Copy report as JSON" text={() => reportJson(report)} />
        </div>
        <p className="text-xs text-ink-3">Research use only, not a medical device.</p>
      </Section>
      <CurveSection outcome={outcome} />
      <PartList
        key={outcome.run}
        parts={report.parts}
        contrast={report.contrast}
        isEnabled={isCurrent}
      />
    </>
  );
}

/** The CT check goes with the numbers. */
function reportJson(report: BonesReport): string {
  const check = get().scan?.check;
  const ctCheck = check?.step === 'done' ? check.items : null;
  return JSON.stringify({ ...report, ctCheck }, null, 2);
}

interface HeadlineProps {
  readonly report: BonesReport;
  readonly isCurrent: boolean;
}

function Headline({ report, isCurrent }: HeadlineProps) {
  const above = `above ${hounsfield(report.thresholdHu, useUnit())}`;
  if (report.voxels === 0) {
    return (
      <>
        <p className="text-base font-semibold">No bone was found {above}</p>
        <p className="mt-1">Put parts in below, or run again with “Threshold only”.</p>
      </>
    );
  }
  return (
    <p className={isCurrent ? '' : 'opacity-60'}>
      <span className="text-2xl font-semibold tracking-tight">{millilitres(report.volumeMl)}</span>{' '}
      <span className="text-base text-ink-2">of bone {above}</span>
    </p>
  );
}
