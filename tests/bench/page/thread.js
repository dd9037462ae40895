// Becomes one of rayon's threads.

import init, { runThread } from '../../../crate/js/generated/threaded/hounsfield.js';

onmessage = async ({ data: { module, memory } }) => {
  await init({ module_or_path: module, memory });
  postMessage('running');
  runThread();
};
postMessage('ready');
