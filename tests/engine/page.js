// The published package, unbundled, and everything its workers say.

import { createEngine } from '../../dist/npm/index.js';

globalThis.said = [];
const Real = globalThis.Worker;
globalThis.Worker = class extends Real {
  constructor(...args) {
    super(...args);
    this.addEventListener('message', ({ data }) => globalThis.said.push(data));
  }
};
globalThis.createEngine = createEngine;
document.title = 'ready';
