import { Wind } from 'lucide-react';

import { cancelLungs, runLungs } from '../actions/lungs.js';
import { useUnit } from '../hooks/useUnit.js';
import { outcomeOf } from '../lib/task.js';
import { useSession } from '../session.js';
import { CheckBadge } from './CheckBadge.js';
import { LungsOutcome } from './LungsOutcome.js';
import { LungsParams } from './LungsParams.js';
import { Button } from './ui/Button.js';
import { ProblemNotice, Warning } from './ui/Notice.js';
import { ProgressBar } from './ui/ProgressBar.js';
import { Section } from './ui/Section.js';

/** The task: parameters, run, result. A result stays while the next one is being made. */
export function LungsPanel() {
  const lungs = useSession((s) => s.tasks.lungs);
  const canRun = useSession((s) => s.engine.step === 'ready');
  const hasHu = useUnit() === 'HU';
  const outcome = outcomeOf(lungs);
  const isRunning = lungs.step === 'running';
  const run = (
    <Button
      look={outcome ? 'plain' : 'primary'}
      icon={Wind}
      className={outcome ? '' : 'h-10 w-full'}
      disabled={!canRun}
      onClick={() => void runLungs()}
    >
      {outcome ? 'Run again' : 'Run lungs'}
    </Button>
  );
  return (
    <>
      <Section title="Recipe" aside={outcome && !isRunning && run}>
        <div className="space-y-3">
          {!outcome && (
            <>
              <p className="text-ink-2">
                Finds both lungs, tells left from right, and takes trachea and main bronchi out.
              </p>
              <CheckBadge />
              {!hasHu && (
                <Warning>
                  These values are no Hounsfield units, by which lungs are found. What is found here
                  is a guess.
                </Warning>
              )}
            </>
          )}
          <LungsParams used={outcome?.report.params ?? null} />
          {isRunning ? (
            <ProgressBar label="Finding lungs" progress={lungs.progress} onCancel={cancelLungs} />
          ) : (
            !outcome && run
          )}
          {lungs.step === 'failed' && <ProblemNotice title={lungs.title} problem={lungs.problem} />}
          {!outcome && (
            <p className="text-xs text-ink-3">
              Lung is found by its air. Consolidation, tumours and effusions are not recovered, and
              not every such gap is flagged: look at the mask.
            </p>
          )}
        </div>
      </Section>
      {outcome && <LungsOutcome outcome={outcome} isCurrent={!isRunning} />}
    </>
  );
}
