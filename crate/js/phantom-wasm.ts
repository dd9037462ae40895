import type { PhantomCore } from './core.js';
import * as core from './generated/phantom/hounsfield.js';
import { __wbg_reset_state as reset } from './generated/phantom/hounsfield.js';

/** How a worker gets the phantom's wasm; platforms differ in how they get at the code. */
export function phantomWith(
  compile: (address: string) => Promise<WebAssembly.Module>,
): <T>(wasm: string, use: (core: PhantomCore) => T) => Promise<T> {
  return async (wasm, use) => {
    core.initSync({ module: await compile(wasm) });
    try {
      return use(core);
    } finally {
      // Memory never shrinks, but this one can go as a whole.
      reset();
    }
  };
}
