// The published package, unbundled, and everything its workers say.

import { createEngine } from '../../dist/npm/index.js';

globalThis.said = [];
/** How many workers there have been. */
globalThis.workers = 0;
const Real = globalThis.Worker;
globalThis.Worker = class extends Real {
  constructor(...args) {
    super(...args);
    globalThis.workers++;
    this.addEventListener('message', ({ data }) => globalThis.said.push(data));
  }
};
globalThis.createEngine = createEngine;
/** Files from what a test can send: names and base64. */
globalThis.filesOf = (made) =>
  made.map(({ name, base64 }) => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    return new File([bytes], name);
  });
document.title = 'ready';
