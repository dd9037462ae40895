// The engine's worker in Node, single-threaded build.

import { readFile } from 'node:fs/promises';
import { parentPort } from 'node:worker_threads';

import init, * as core from './generated/single/hounsfield.js';
import { serve, type Line } from './host.js';
import { phantomWith } from './phantom-wasm.js';
import type { ToWorker } from './protocol.js';

const port = parentPort;
if (!port) throw new TypeError('node-worker.js runs only as a worker; import hounsfield instead');

const line: Line = {
  post: (message, transfer = []) => port.postMessage(message, transfer as ArrayBuffer[]),
  listen: (handler) => port.on('message', (message: ToWorker) => handler(message)),
  isGone: () => false,
};

serve(line, {
  async load(wasm) {
    const { memory } = await init({ module_or_path: await readFile(new URL(wasm)) });
    return { core, memory };
  },
  withPhantom: phantomWith(async (address) =>
    WebAssembly.compile(await readFile(new URL(address))),
  ),
});
