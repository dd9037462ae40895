// The engine's worker, threaded build.

import init, * as core from './generated/threaded/hounsfield.js';
import { serve } from './host.js';
import { workerLine } from './worker-line.js';

/** Kept, because the threads are made of the same compiled module. */
let module: WebAssembly.Module | undefined;

serve(workerLine(), {
  async load(wasm) {
    module = await compile(wasm);
    const { memory } = await init({ module_or_path: module });
    return { core, memory };
  },
  threads: {
    module() {
      if (!module) throw new TypeError('the module is not compiled yet');
      return module;
    },
    start: (count) => core.startThreads(count),
  },
});

/** While it loads where the host names the type right; from its bytes where not. */
async function compile(address: string): Promise<WebAssembly.Module> {
  const response = await fetch(address);
  if (!response.ok) throw new TypeError(`${address} answered ${response.status}`);
  if (response.headers.get('Content-Type')?.startsWith('application/wasm')) {
    return WebAssembly.compileStreaming(response);
  }
  return WebAssembly.compile(await response.arrayBuffer());
}
