// A worker that reads files of other formats than NIfTI.

import { compile } from './compile.js';
import { serveFormats } from './formats-host.js';
import type { FromFormats, ToFormats } from './formats-protocol.js';
import { formatsBuild } from './formats-wasm.js';
import { workerLine } from './worker-line.js';

serveFormats(workerLine<ToFormats, FromFormats>(), formatsBuild(compile));
