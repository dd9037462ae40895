import { useEffect, useRef } from 'react';

import { closeAndRetry, dismissFailure, pickAgain, restart } from '../actions/open.js';
import { mountViewer } from '../actions/viewer.js';
import { useSession } from '../session.js';
import { EmptyStage } from './EmptyStage.js';
import { MeasuringHint } from './MeasureTools.js';
import { pickFiles } from './picker.js';
import { ReadingCard } from './ReadingCard.js';
import { StageTools } from './StageTools.js';
import { Button } from './ui/Button.js';
import { ProblemNotice } from './ui/Notice.js';

/** The views, or what stands in their place. News lies over them; what was open stays. */
export function Stage() {
  const isOpen = useSession((s) => s.scan !== null);
  const isBusy = useSession(({ opening: { step } }) => step !== 'idle' && step !== 'failed');
  if (isOpen) {
    return (
      <div className="flex h-full flex-col bg-film">
        <div className="relative min-h-0 flex-1">
          <Views />
          <div className="absolute inset-x-3 top-3 mx-auto max-w-lg space-y-2">
            <ReadingCard />
            <News />
            <MeasuringHint />
          </div>
        </div>
        <StageTools />
      </div>
    );
  }
  return (
    <div className="flex h-full flex-col overflow-y-auto p-4">
      <div className="flex flex-1 flex-col items-center rounded-xl border-dashed border-line-strong p-4 md:border">
        <div className="my-auto w-full max-w-lg space-y-4">
          <News />
          {isBusy ? <ReadingCard /> : <EmptyStage />}
        </div>
      </div>
    </div>
  );
}

/** The viewer's place in the page. It makes its own canvas, which must not outlive this element. */
function Views() {
  const container = useRef<HTMLDivElement>(null);
  const trouble = useSession((s) => s.view.trouble);
  useEffect(() => (container.current ? mountViewer(container.current) : undefined), []);
  return (
    <>
      <div ref={container} className="viewer absolute inset-0" />
      {trouble && (
        <p className="absolute inset-x-6 top-1/2 mx-auto max-w-md -translate-y-1/2 rounded-md bg-raised p-3 text-center text-ink">
          {trouble}
        </p>
      )}
    </>
  );
}

/** What went wrong, and what can be done about it. */
function News() {
  const opening = useSession((s) => s.opening);
  const engine = useSession((s) => s.engine);
  if (engine.step === 'lost') {
    const { problem, reopenName } = engine;
    return (
      <ProblemNotice title="The engine has stopped" problem={problem}>
        <Button look="primary" onClick={() => void restart('auto')}>
          {reopenName === null ? 'Start again' : `Start again and reopen ${reopenName}`}
        </Button>
        <Button onClick={() => void restart(1)}>With one thread, to save memory</Button>
      </ProblemNotice>
    );
  }
  if (opening.step === 'failed') {
    return (
      <ProblemNotice title={`Could not open ${opening.name}`} problem={opening.problem}>
        {opening.closingHelps && (
          <Button look="primary" onClick={() => void closeAndRetry()}>
            Close the open scan and try again
          </Button>
        )}
        {opening.canPickAgain && <Button onClick={pickAgain}>Back to the list</Button>}
        <Button onClick={pickFiles}>Choose another file</Button>
        <Button look="quiet" onClick={dismissFailure}>
          Dismiss
        </Button>
      </ProblemNotice>
    );
  }
  return null;
}
