import { Bone } from 'lucide-react';

import { cancelBones, runBones } from '../actions/bones.js';
import { outcomeOf } from '../lib/task.js';
import { useSession } from '../session.js';
import { BonesOutcome } from './BonesOutcome.js';
import { BonesParams } from './BonesParams.js';
import { BeforeRun } from './BeforeRun.js';
import { TaskPanel } from './TaskPanel.js';

export function BonesPanel() {
  const task = useSession((s) => s.tasks.bones);
  const isPreview = useSession((s) => s.previewHu !== null);
  const outcome = outcomeOf(task);
  const isCurrent = task.step !== 'running' && !isPreview;
  return (
    <TaskPanel
      task={task}
      icon={Bone}
      run="Run bones"
      again="Run again"
      doing="Finding bones"
      intro={
        <BeforeRun what="bones">
          Finds the skeleton and leaves contrast-filled vessels out. Threshold and parts can be
          changed afterwards.
        </BeforeRun>
      }
      params={<BonesParams used={outcome?.report.params ?? null} />}
      onRun={runBones}
      onCancel={cancelBones}
    >
      {outcome && <BonesOutcome outcome={outcome} isCurrent={isCurrent} />}
    </TaskPanel>
  );
}
