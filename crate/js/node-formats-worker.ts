// A worker that reads files of other formats than NIfTI, in Node.

import { readFile } from 'node:fs/promises';
import { parentPort } from 'node:worker_threads';

import { serveFormats } from './formats-host.js';
import type { ToFormats } from './formats-protocol.js';
import { formatsBuild } from './formats-wasm.js';

const port = parentPort;
if (!port) throw new TypeError('this runs only as a worker; import hounsfield instead');

serveFormats(
  {
    post: (message, transfer = []) => port.postMessage(message, transfer as ArrayBuffer[]),
    listen: (handler) => port.on('message', (message: ToFormats) => handler(message)),
  },
  formatsBuild(async (address) => WebAssembly.compile(await readFile(new URL(address)))),
);
