import { Wind } from 'lucide-react';

import { cancelLungs, runLungs } from '../actions/lungs.js';
import { outcomeOf } from '../lib/task.js';
import { useSession } from '../session.js';
import { BeforeRun } from './BeforeRun.js';
import { LungsOutcome } from './LungsOutcome.js';
import { LungsParams } from './LungsParams.js';
import { TaskPanel } from './TaskPanel.js';

export function LungsPanel() {
  const task = useSession((s) => s.tasks.lungs);
  const outcome = outcomeOf(task);
  return (
    <TaskPanel
      task={task}
      icon={Wind}
      run="Run lungs"
      again="Run again"
      doing="Finding lungs"
      intro={
        <BeforeRun what="lungs">
          Finds both lungs, tells left from right, and takes trachea and main bronchi out.
        </BeforeRun>
      }
      params={<LungsParams used={outcome?.report.params ?? null} />}
      caveat={
        <p className="text-xs text-ink-3">
          Lung is found by its air. Consolidation, tumours and effusions are not recovered, and not
          every such gap is flagged: look at the mask.
        </p>
      }
      onRun={runLungs}
      onCancel={cancelLungs}
    >
      {outcome && <LungsOutcome outcome={outcome} isCurrent={task.step !== 'running'} />}
    </TaskPanel>
  );
}
