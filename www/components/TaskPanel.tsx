import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';

import type { Task } from '../lib/task.js';
import { outcomeOf } from '../lib/task.js';
import { useSession } from '../session.js';
import { Button } from './ui/Button.js';
import { ProblemNotice } from './ui/Notice.js';
import { ProgressBar } from './ui/ProgressBar.js';
import { Section } from './ui/Section.js';

interface TaskPanelProps<Outcome> {
  readonly task: Task<Outcome>;
  readonly icon: LucideIcon;
  /** On the button, before there is an outcome and after. */
  readonly run: string;
  readonly again: string;
  /** Names the progress bar. */
  readonly doing: string;
  /** Why it cannot be run as it stands; "" when it can. */
  readonly refusal?: string;
  /** Parameters stay open beside an outcome, and the button stays below them. */
  readonly isOpen?: boolean;
  /** What it does, and what is to be known before; until there is an outcome. */
  readonly intro: ReactNode;
  readonly params: ReactNode;
  /** Below the button, until there is an outcome. */
  readonly caveat?: ReactNode;
  readonly onRun: () => Promise<void>;
  readonly onCancel: () => void;
  /** The outcome. It stays while the next one is being made. */
  readonly children: ReactNode;
}

/** The frame of every task: parameters, run, progress, what went wrong; then what came out. */
export function TaskPanel<Outcome>(props: TaskPanelProps<Outcome>) {
  const {
    task,
    icon,
    doing,
    refusal = '',
    isOpen = false,
    intro,
    params,
    caveat,
    children,
  } = props;
  const isReady = useSession((s) => s.engine.step === 'ready');
  const isDone = outcomeOf(task) !== null;
  const isRunning = task.step === 'running';
  const isAside = isDone && !isOpen;
  const button = (
    <Button
      look={isDone ? 'plain' : 'primary'}
      icon={icon}
      className={isAside ? '' : 'h-10 w-full'}
      disabled={!isReady || refusal !== ''}
      onClick={() => void props.onRun()}
    >
      {isDone ? props.again : props.run}
    </Button>
  );
  return (
    <>
      <Section title="Recipe" aside={isAside && !isRunning && button}>
        <div className="space-y-3">
          {!isDone && intro}
          {params}
          {isRunning ? (
            <ProgressBar label={doing} progress={task.progress} onCancel={props.onCancel} />
          ) : (
            !isAside && button
          )}
          {refusal !== '' && !isRunning && <p className="text-xs text-ink-3">{refusal}</p>}
          {task.step === 'failed' && <ProblemNotice title={task.title} problem={task.problem} />}
          {!isDone && caveat}
        </div>
      </Section>
      {children}
    </>
  );
}
