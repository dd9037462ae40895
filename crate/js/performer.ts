/** What the worker's side of each call is given, and what it gives back. */

import { LIMIT_BYTES } from './budget.js';
import type { Build, Instance, Masks, OnProgress } from './core.js';
import { HounsfieldError } from './errors.js';
import type { Args, CallName, Handle, Reply } from './protocol.js';
import type { Store } from './store.js';
import type { ScanInfo } from './types.js';

/** What a call may use. */
export interface Context {
  readonly instance: Instance;
  readonly withPhantom: Build['withPhantom'];
  readonly store: Store;
  readonly onProgress: OnProgress;
  /** As `onProgress`, for what lets messages in: there is no need to look whether it should stop. */
  readonly onReport: (stage: string, fraction: number) => void;
  /** Aborted by this call's cancel, as soon as messages are let in. */
  readonly cancelled: AbortSignal;
  /** Lets messages in; throws `stopped` when one of them was this call's cancel. */
  readonly checkpoint: () => Promise<void>;
}

/** What a call gives back. */
export interface Outcome<N extends CallName> {
  readonly value: Reply<N>;
  readonly handles?: readonly Handle[];
  readonly transfer?: Transferable[];
}

/** Reads arguments, calls wasm, turns the result round. */
export type Performer<N extends CallName> = (
  args: Args<N>,
  context: Context,
) => Outcome<N> | Promise<Outcome<N>>;

/** Some of the calls, each by its name. */
export type Performers<N extends CallName> = { readonly [K in N]: Performer<K> };

/** Small data from the core; its shapes are those of `types.ts`, which the golden tests hold it to. */
export function parse<T>(json: string): T {
  return JSON.parse(json) as T;
}

/** `ScanInfo` from the core's part of it. */
export function scanInfo(json: string, name: string): ScanInfo {
  const info = JSON.parse(json) as Omit<ScanInfo, 'name' | 'limitBytes'>;
  return { ...info, name, limitBytes: LIMIT_BYTES };
}

/**
 * Lends `use` the masks for a call on a scan. They must lie on its grid: with the same number of
 * voxels elsewhere they would be measured without a word.
 */
export function withMasks<T>(
  masks: readonly { readonly name: string; readonly mask: Handle }[],
  { sizeVoxel, rasFromVoxel }: ScanInfo,
  { instance, store }: Context,
  use: (masks: Masks) => T,
): T {
  const held = new instance.core.Masks();
  try {
    for (const { name, mask } of masks) {
      const { value, info } = store.get('mask', mask);
      const apart = (a: number, k: number): boolean =>
        Math.abs(a - (info.rasFromVoxel[k] ?? 0)) > SAME_MM;
      if (info.sizeVoxel.join() !== sizeVoxel.join() || rasFromVoxel.some(apart)) {
        throw new HounsfieldError(
          'bad_grid',
          `the mask '${name}' lies on another grid (${info.sizeVoxel.join(' × ')} voxels of ${info.name}) than this scan (${sizeVoxel.join(' × ')}): save it and open it with openMasks`,
        );
      }
      held.add(name, value);
    }
    return use(held);
  } finally {
    held.free();
  }
}

/** Grids that differ by less in every number are one: files round. */
const SAME_MM = 1e-3;

/** Masks that have no other name. */
export function numbered(
  masks: readonly Handle[],
): readonly { readonly name: string; readonly mask: Handle }[] {
  return masks.map((mask, k) => ({ name: String(k + 1), mask }));
}
