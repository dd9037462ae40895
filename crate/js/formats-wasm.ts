import type { FormatsBuild } from './formats-core.js';
import type { Wasm } from './formats-protocol.js';
import * as codecs from './generated/codecs/hounsfield.js';
import { __wbg_reset_state as resetCodecs } from './generated/codecs/hounsfield.js';
import * as formats from './generated/formats/hounsfield.js';

/** Both wasm builds of a worker that reads files; platforms differ in how they get at the code. */
export function formatsBuild(
  compile: (address: string) => Promise<WebAssembly.Module>,
): FormatsBuild {
  const compiled = async (wasm: Wasm): Promise<WebAssembly.Module> =>
    typeof wasm === 'string' ? compile(wasm) : wasm;
  return {
    async formats(wasm) {
      const module = await compiled(wasm);
      const { memory } = formats.initSync({ module });
      return { formats, module, memory };
    },
    async codecs(wasm) {
      const module = await compiled(wasm);
      codecs.initSync({ module });
      return { codecs, module };
    },
    resetCodecs,
  };
}
