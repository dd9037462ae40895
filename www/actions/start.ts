import { watchEgress } from '../lib/egress.js';
import { set } from '../session.js';
import { startEngine, watchMemory } from './engine.js';
import { dropHandles } from './open.js';
import { loadViewer } from './viewer.js';

/** Once, before the first paint. */
export function startApp(): void {
  watchEgress((egress) => set({ egress }));
  void startEngine({}, dropHandles)
    .then(() => {
      watchMemory();
      // Fetched while the reader looks for a file: opening one then asks the network for nothing.
      return Promise.all([
        loadViewer(),
        import('../components/CurvePlot.js'),
        import('../components/HistogramPlot.js'),
        import('../components/SeriesPicker.js'),
        import('../components/MeasuresDialog.js'),
        import('../components/report/ReportPage.js'),
      ]);
    })
    // A lost engine is shown as one; code that did not come is asked for again where it is needed.
    .catch(() => undefined);
}
