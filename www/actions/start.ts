import { watchEgress } from '../lib/egress.js';
import { set } from '../session.js';
import { startEngine, watchMemory } from './engine.js';
import { scanNameAtLoss } from './open.js';
import { loadViewer } from './viewer.js';

/** Once, before the first paint. */
export function startApp(): void {
  watchEgress((egress) => set({ egress }));
  void startEngine({}, scanNameAtLoss).then(
    async () => {
      watchMemory();
      // Fetched while the reader looks for a file: opening one then asks the network for nothing.
      await Promise.all([loadViewer(), import('../components/CurvePlot.js')]);
    },
    () => undefined, // Shown as a lost engine.
  );
}
