import { whole } from './arguments.js';
import { HounsfieldError } from './errors.js';
import type { EngineOptions } from './types.js';

/** Beyond this many threads the memory bus is the limit, and each costs a stack. */
const MOST_THREADS = 8;

/** A module that is valid only where wasm has 128-bit SIMD: `v128.const` and `drop`. */
// prettier-ignore
const SIMD = Uint8Array.of(
  0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 23, 1, 21, 0, 253, 12,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 26, 11,
);

/** Refuses browsers that could not even load the smaller build, in words instead of a CompileError. */
export function requireSimd(): void {
  if (typeof WebAssembly === 'object' && WebAssembly.validate(SIMD)) return;
  throw new HounsfieldError(
    'engine_failed',
    'This browser has no WebAssembly SIMD. Chromium 91, Firefox 114, Safari 16.4 or newer have.',
  );
}

/** Beyond this many workers the disk is the limit. */
const MOST_READERS = 4;

/** More than this is a slip: each thread costs a stack and a worker. */
const MAX_THREADS = 64;

/** How many threads to run, and why not more than one when it is one. */
export interface ThreadPlan {
  readonly threads: number;
  readonly reason: string;
}

/** Decides from what this page is allowed to do. */
export function planThreads(options: EngineOptions, isolated = isIsolated()): ThreadPlan {
  const wanted = options.threads ?? 'auto';
  if (wanted !== 'auto') whole('threads', wanted, 1, MAX_THREADS);
  if (wanted === 1) return { threads: 1, reason: 'one thread was asked for' };
  if (!isolated) return { threads: 1, reason: 'the page is not cross-origin isolated' };
  const threads =
    wanted === 'auto' ? Math.min(navigator.hardwareConcurrency || 1, MOST_THREADS) : wanted;
  return threads > 1
    ? { threads, reason: '' }
    : { threads: 1, reason: 'this device offers one processor core' };
}

/** How many workers may read files at once; they need no shared memory. A number bounds them, too. */
export function planReaders({ threads = 'auto' }: EngineOptions): number {
  const wanted = threads === 'auto' ? navigator.hardwareConcurrency || 1 : threads;
  return Math.min(wanted, MOST_READERS);
}

/** May this page share memory between workers? */
export function isIsolated(): boolean {
  return globalThis.crossOriginIsolated === true && typeof SharedArrayBuffer === 'function';
}
