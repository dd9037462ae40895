import { percent, timeLeft } from '../../lib/format.js';
import type { Progress } from '../../lib/task.js';
import { Button } from './Button.js';

interface ProgressBarProps {
  /** Accessible name: what is going on. */
  readonly label: string;
  readonly progress: Progress;
  readonly onCancel: () => void;
}

/** The stage's name, how far the whole job is, what is left of it, and the way out. */
export function ProgressBar({ label, progress, onCancel }: ProgressBarProps) {
  const { stage, fraction, elapsedSeconds } = progress;
  const left = timeLeft(fraction, elapsedSeconds);
  return (
    <div className="flex items-center gap-3">
      <div className="min-w-0 flex-1">
        <div className="mb-1 flex gap-2">
          <span className="min-w-0 flex-1 truncate first-letter:uppercase">{stage}</span>
          <span className="shrink-0 text-ink-2">{percent(fraction)}</span>
        </div>
        <progress
          aria-label={label}
          aria-valuetext={`${stage}, ${percent(fraction)}`}
          max={1}
          value={fraction}
          className="progress"
        />
        {/* Its line is kept, so that nothing moves when there is an estimate. */}
        <p className="mt-1 h-4 text-xs text-ink-3">{left}</p>
      </div>
      <Button onClick={onCancel}>Cancel</Button>
    </div>
  );
}
