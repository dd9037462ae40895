// The engine's worker, single-threaded build.

import init, * as core from './generated/single/hounsfield.js';
import { serve } from './host.js';
import { workerLine } from './worker-line.js';

serve(workerLine(), {
  async load() {
    const address = new URL('./generated/single/hounsfield_bg.wasm', import.meta.url);
    const { memory } = await init({ module_or_path: address });
    return { core, memory };
  },
});
