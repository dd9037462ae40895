import { Boxes, Download } from 'lucide-react';

import { cancelPrepare, downloadPrepared, runPrepare } from '../actions/prepare.js';
import { bytes, sizeVoxel, spacingMm } from '../lib/format.js';
import { stepsOf } from '../lib/prepare.js';
import { outcomeOf } from '../lib/task.js';
import { useSession } from '../session.js';
import type { PrepareOutcome } from '../session.js';
import { CheckBadge } from './CheckBadge.js';
import { PrepareParams } from './PrepareParams.js';
import { Button } from './ui/Button.js';
import { CopyButton } from './ui/Copy.js';
import { Facts } from './ui/Facts.js';
import { ProblemNotice } from './ui/Notice.js';
import { ProgressBar } from './ui/ProgressBar.js';
import { Section } from './ui/Section.js';

/** A copy of the scan and its masks as training scripts expect them. What is on screen stays as it is. */
export function PreparePanel() {
  const prepare = useSession((s) => s.tasks.prepare);
  const canRun = useSession((s) => s.engine.step === 'ready');
  const steps = stepsOf(useSession((s) => s.params.prepare));
  const outcome = outcomeOf(prepare);
  return (
    <>
      <Section title="Recipe">
        <div className="space-y-3">
          <p className="text-ink-2">
            A copy of the scan and of every mask: another spacing, other values, another box. What
            is on the screen stays.
          </p>
          <PrepareParams />
          {prepare.step === 'running' ? (
            <ProgressBar label="Preparing" progress={prepare.progress} onCancel={cancelPrepare} />
          ) : (
            <Button
              look={outcome ? 'plain' : 'primary'}
              icon={Boxes}
              className="h-10 w-full"
              disabled={!canRun || steps.length === 0}
              onClick={() => void runPrepare()}
            >
              {outcome ? 'Prepare again' : 'Prepare'}
            </Button>
          )}
          {prepare.step === 'failed' && (
            <ProblemNotice title={prepare.title} problem={prepare.problem} />
          )}
        </div>
      </Section>
      {outcome && <Result outcome={outcome} isCurrent={prepare.step === 'done'} />}
    </>
  );
}

interface ResultProps {
  readonly outcome: PrepareOutcome;
  readonly isCurrent: boolean;
}

function Result({ outcome: { info, steps, masks }, isCurrent }: ResultProps) {
  return (
    <Section title="Result">
      <Facts
        rows={[
          ['Size', sizeVoxel(info.sizeVoxel)],
          ['Spacing', spacingMm(info.spacingMm)],
          ['In memory', bytes(info.volumeBytes)],
        ]}
      />
      <CheckBadge className="mt-2" />
      <div className="mt-3 space-y-2">
        <Button
          look="primary"
          icon={Download}
          className="h-10 w-full"
          disabled={!isCurrent}
          onClick={() => void downloadPrepared(null)}
        >
          Download scan (.nii.gz)
        </Button>
        {masks.map((name, k) => (
          <Button
            key={`${k} ${name}`}
            icon={Download}
            className="w-full"
            disabled={!isCurrent}
            onClick={() => void downloadPrepared(k)}
          >
            <span className="truncate">{name} (.nii.gz)</span>
          </Button>
        ))}
      </div>
      <div className="mt-1 -ml-3">
        <CopyButton name="Copy steps as JSON" text={() => JSON.stringify(steps, null, 2)} />
      </div>
      <p className="text-xs text-ink-3">Research use only, not a medical device.</p>
    </Section>
  );
}
