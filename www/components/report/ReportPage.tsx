import { ArrowLeft, Printer } from 'lucide-react';
import { useEffect } from 'react';

import { cancelReport, prepareReport } from '../../actions/report.js';
import { closeReport } from '../../actions/overlay.js';
import { outcomeOf } from '../../lib/task.js';
import { useSession } from '../../session.js';
import { Button } from '../ui/Button.js';
import { CopyButton } from '../ui/Copy.js';
import { ProblemNotice } from '../ui/Notice.js';
import { ProgressBar } from '../ui/ProgressBar.js';
import { ReportSheet } from './ReportSheet.js';
import { recipeJson } from './recipe.js';

/** The lung report over everything else: looked at, printed, and left by Esc or the browser's Back. */
export default function ReportPage() {
  const lungs = useSession((s) => outcomeOf(s.tasks.lungs));
  const task = useSession((s) => s.tasks.report);
  const run = lungs?.run ?? 0;
  const prepared = outcomeOf(task);
  const isReady = lungs !== null && prepared?.run === run;
  useEffect(() => {
    void prepareReport(run);
    return cancelReport;
  }, [run]);
  useWayBack();
  return (
    <section
      aria-labelledby="report-title"
      className="report fixed inset-0 z-30 overflow-auto bg-ground"
    >
      <header className="sticky top-0 z-10 flex flex-wrap items-center gap-2 border-b border-line bg-panel px-3 py-2 print:hidden">
        <Button look="quiet" icon={ArrowLeft} onClick={closeReport}>
          Back
        </Button>
        <h1 id="report-title" tabIndex={-1} className="flex-1 text-base font-semibold">
          Lung report
        </h1>
        {isReady && (
          <>
            <CopyButton name="Copy recipe as JSON" text={() => recipeJson(lungs.report)} />
            <CopyButton name="Copy methods paragraph" text={() => lungs.report.methods} />
            <Button look="primary" icon={Printer} onClick={() => print()}>
              Print
            </Button>
          </>
        )}
      </header>
      {task.step === 'running' && (
        <div className="mx-auto max-w-md p-6">
          <ProgressBar label="Making the report" progress={task.progress} onCancel={closeReport} />
        </div>
      )}
      {task.step === 'failed' && (
        <div className="mx-auto max-w-md p-6">
          <ProblemNotice title={task.title} problem={task.problem}>
            <Button onClick={() => void prepareReport(run)}>Try again</Button>
          </ProblemNotice>
        </div>
      )}
      {isReady && <ReportSheet report={lungs.report} outcome={prepared} />}
    </section>
  );
}

/** The focus comes to the title; Esc and Back lead to where it was. */
function useWayBack(): void {
  useEffect(() => {
    document.getElementById('report-title')?.focus();
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === 'Escape' && !event.defaultPrevented) closeReport();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}
