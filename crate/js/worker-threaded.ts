// The engine's worker, threaded build.

import { compile } from './compile.js';
import init, * as core from './generated/threaded/hounsfield.js';
import { serve } from './host.js';
import { phantomWith } from './phantom-wasm.js';
import { workerLine } from './worker-line.js';

/** Kept, because the threads are made of the same compiled module. */
let module: WebAssembly.Module | undefined;

serve(workerLine(), {
  async load(wasm) {
    module = await compile(wasm);
    const { memory } = await init({ module_or_path: module });
    return { core, memory };
  },
  withPhantom: phantomWith(compile),
  threads: {
    module() {
      if (!module) throw new TypeError('the module is not compiled yet');
      return module;
    },
    start: (count) => core.startThreads(count),
  },
});
