import type { BonesReport } from 'hounsfield';
import { Download } from 'lucide-react';

import { downloadMask } from '../actions/mask-file.js';
import { bytes, count, hounsfield, millilitres, sentence } from '../lib/format.js';
import type { Outcome } from '../session.js';
import { CurveSection } from './CurveSection.js';
import { PartList } from './PartList.js';
import { Button } from './ui/Button.js';
import { CopyButton } from './ui/Copy.js';
import { Warning } from './ui/Notice.js';
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
        {report.notes.length > 0 && (
          <div className="mt-3 space-y-2">
            {report.notes.map((note) => (
              <Warning key={note.code + note.message}>{sentence(note.message)}</Warning>
            ))}
          </div>
        )}
        <Button
          look="primary"
          icon={Download}
          className="mt-3 h-10 w-full"
          disabled={!isCurrent}
          onClick={() => void downloadMask()}
        >
          Download mask (.nii.gz
          {outcome.fileBytes === null ? '' : `, ${bytes(outcome.fileBytes)}`})
        </Button>
        <div className="mt-1 -ml-3">
          <CopyButton name="Copy report as JSON" text={() => JSON.stringify(report, null, 2)} />
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

interface HeadlineProps {
  readonly report: BonesReport;
  readonly isCurrent: boolean;
}

function Headline({ report, isCurrent }: HeadlineProps) {
  const above = `above ${hounsfield(report.thresholdHu)}`;
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
