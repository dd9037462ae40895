// A worker that becomes one of the engine's threads. It works until it is terminated.

import { wordsOf } from './errors.js';
import init, { runThread } from './generated/threaded/hounsfield.js';
import type { FromThread, ToThread } from './protocol.js';
import { workerLine } from './worker-line.js';

const line = workerLine<ToThread, FromThread>();
line.listen(({ module, memory }) => {
  void join(module, memory);
});
line.post({ type: 'ready' });

async function join(module: WebAssembly.Module, memory: WebAssembly.Memory): Promise<void> {
  try {
    await init({ module_or_path: module, memory });
    line.post({ type: 'running' });
    runThread();
  } catch (error) {
    line.post({ type: 'lost', message: wordsOf(error) });
  }
}
