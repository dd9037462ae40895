import { Boxes, Download } from 'lucide-react';

import { cancelPrepare, downloadPrepared, runPrepare } from '../actions/prepare.js';
import { bytes, sizeVoxel, spacingMm } from '../lib/format.js';
import { stepsOf } from '../lib/prepare.js';
import { outcomeOf } from '../lib/task.js';
import { useSession } from '../session.js';
import type { PrepareOutcome } from '../session.js';
import { CheckBadge } from './CheckBadge.js';
import { PrepareParams } from './PrepareParams.js';
import { SlicesSection } from './SlicesSection.js';
import { TaskPanel } from './TaskPanel.js';
import { Button } from './ui/Button.js';
import { CopyButton } from './ui/Copy.js';
import { Facts } from './ui/Facts.js';
import { Section } from './ui/Section.js';

/** A copy of the scan and its masks as training scripts expect them. What is on screen stays as it is. */
export function PreparePanel() {
  const task = useSession((s) => s.tasks.prepare);
  const steps = stepsOf(useSession((s) => s.params.prepare));
  const outcome = outcomeOf(task);
  return (
    <>
      <TaskPanel
        task={task}
        icon={Boxes}
        run="Prepare"
        again="Prepare again"
        doing="Preparing"
        refusal={steps.length === 0 ? 'Nothing is to be changed.' : ''}
        isOpen
        intro={
          <p className="text-ink-2">
            A copy of the scan and of every mask: another spacing, other values, another box. What
            is on the screen stays.
          </p>
        }
        params={<PrepareParams />}
        onRun={runPrepare}
        onCancel={cancelPrepare}
      >
        {outcome && <Result outcome={outcome} isCurrent={task.step === 'done'} />}
      </TaskPanel>
      <SlicesSection />
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
          ['Axes', info.fileAxes],
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
        {masks.map(({ id, name }, k) => (
          <Button
            key={id}
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
