import { Bone } from 'lucide-react';

import { cancelBones, runBones } from '../actions/bones.js';
import { useUnit } from '../hooks/useUnit.js';
import { outcomeOf } from '../lib/task.js';
import { useSession } from '../session.js';
import { BonesOutcome } from './BonesOutcome.js';
import { BonesParams } from './BonesParams.js';
import { CheckBadge } from './CheckBadge.js';
import { Button } from './ui/Button.js';
import { ProblemNotice, Warning } from './ui/Notice.js';
import { ProgressBar } from './ui/ProgressBar.js';
import { Section } from './ui/Section.js';

/** The task: parameters, run, result. A result stays while the next one is being made. */
export function BonesPanel() {
  const bones = useSession((s) => s.tasks.bones);
  const canRun = useSession((s) => s.engine.step === 'ready');
  const isPreview = useSession((s) => s.previewHu !== null);
  const hasHu = useUnit() === 'HU';
  const outcome = outcomeOf(bones);
  const isRunning = bones.step === 'running';
  const run = (
    <Button
      look={outcome ? 'plain' : 'primary'}
      icon={Bone}
      className={outcome ? '' : 'h-10 w-full'}
      disabled={!canRun}
      onClick={() => void runBones()}
    >
      {outcome ? 'Run again' : 'Run bones'}
    </Button>
  );
  return (
    <>
      <Section title="Recipe" aside={outcome && !isRunning && run}>
        <div className="space-y-3">
          {!outcome && (
            <>
              <p className="text-ink-2">
                Finds the skeleton and leaves contrast-filled vessels out. Threshold and parts can
                be changed afterwards.
              </p>
              <CheckBadge />
              {!hasHu && (
                <Warning>
                  These values are no Hounsfield units, by which bones are found. What is found here
                  is a guess.
                </Warning>
              )}
            </>
          )}
          <BonesParams used={outcome?.report.params ?? null} />
          {isRunning ? (
            <ProgressBar label="Finding bones" progress={bones.progress} onCancel={cancelBones} />
          ) : (
            !outcome && run
          )}
          {bones.step === 'failed' && <ProblemNotice title={bones.title} problem={bones.problem} />}
        </div>
      </Section>
      {outcome && <BonesOutcome outcome={outcome} isCurrent={!isRunning && !isPreview} />}
    </>
  );
}
