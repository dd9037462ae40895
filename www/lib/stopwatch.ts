import type { ProgressReport } from 'hounsfield';

/** Adds to each report how long the job has been going on. */
export function stopwatch(): (
  report: ProgressReport,
) => ProgressReport & { elapsedSeconds: number } {
  const startedAt = performance.now();
  return (report) => ({ ...report, elapsedSeconds: (performance.now() - startedAt) / 1000 });
}
