// The engine's worker, single-threaded build.

import { compile } from './compile.js';
import init, * as core from './generated/single/hounsfield.js';
import { serve } from './host.js';
import { phantomWith } from './phantom-wasm.js';
import { workerLine } from './worker-line.js';

serve(workerLine(), {
  async load(wasm) {
    const { memory } = await init({ module_or_path: wasm });
    return { core, memory };
  },
  withPhantom: phantomWith(compile),
});
