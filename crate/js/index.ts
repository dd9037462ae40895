/**
 * CT segmentation in the browser: a Rust core in WebAssembly, in a worker of its own.
 *
 * ```ts
 * import { createEngine } from 'hounsfield';
 *
 * using engine = await createEngine();
 * using scan = await engine.open(file);
 * const bones = await scan.segment('bones');
 * console.log(bones.report.thresholdHu, bones.report.volumeMl);
 * save(await bones.mask.toNifti());
 * ```
 *
 * @packageDocumentation
 */

export { createEngine } from './browser.js';
export { HounsfieldError, type ErrorCode } from './errors.js';
export type * from './types.js';
