// The published package, unbundled, as any page would load it.

import { createEngine } from '../../dist/npm/index.js';
import { runCase } from './run.js';

globalThis.runCase = runCase;
globalThis.createEngine = createEngine;
document.title = 'ready';
