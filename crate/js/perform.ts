/** The worker's side of each call: reads arguments, calls wasm once, turns the result round. */

import type { Instance, OnProgress } from './core.js';
import { HounsfieldError } from './errors.js';
import type { Args, Call, CallName, Handle, InputScan, Reply } from './protocol.js';
import { byteSource } from './source.js';
import type { Store } from './store.js';
import type { BonesReport, ScanInfo, Triple } from './types.js';

/** All that 32-bit wasm can address, less what code, stacks and tables take. */
export const LIMIT_BYTES = 4 * 1024 ** 3 - 32 * 1024 ** 2;

/** What a call may use. */
export interface Context {
  readonly instance: Instance;
  readonly store: Store;
  readonly onProgress: OnProgress;
  /** Lets messages in; throws `stopped` when one of them was this call's cancel. */
  readonly checkpoint: () => Promise<void>;
}

/** What a call gives back. */
export interface Outcome<N extends CallName> {
  readonly value: Reply<N>;
  readonly handles?: readonly Handle[];
  readonly transfer?: Transferable[];
}

type Performers = {
  readonly [N in CallName]: (args: Args<N>, context: Context) => Outcome<N> | Promise<Outcome<N>>;
};

const performers: Performers = {
  inspect: ({ header }, { instance }) => ({
    value: scanInfo(instance.core.inspect(byteSource(header.data)), header.name),
  }),

  open: (input, context) => open(input, context),

  phantom: (options, { instance, store, onProgress }) => {
    const phantom = instance.core.Phantom.render(JSON.stringify(options), onProgress);
    const [scan, bones] = [phantom.takeScan(), phantom.takeBones()];
    phantom.free();
    if (!scan || !bones) throw new TypeError('the phantom came without its parts');
    const info = scanInfo(scan.info(), 'phantom');
    const handles = [
      store.add('scan', scan, info.volumeBytes),
      store.add('mask', bones, maskBytes(info.sizeVoxel)),
    ] as const;
    return { value: { scan: handles[0], bones: handles[1], info }, handles };
  },

  intensity: ({ scan }, { store }) => ({ value: parse(store.get('scan', scan).intensity()) }),

  slab: ({ scan, z0, n }, { store }) => {
    const value = store.get('scan', scan).slab(z0, n);
    return { value, transfer: [value.buffer] };
  },

  curve: ({ scan, neighbourhood }, { store, onProgress }) => ({
    value: parse(store.get('scan', scan).curve(neighbourhood, onProgress)),
  }),

  bones: ({ scan, params }, { store, onProgress }) => {
    const opened = store.get('scan', scan);
    const info = scanInfo(opened.info(), '');
    admit(info.peakBytes - info.volumeBytes, store, 'close other scans, or crop this one');
    const bones = opened.bones(JSON.stringify(params), onProgress);
    const bytes = maskBytes(info.sizeVoxel);
    const handles = [
      store.add('bones', bones, bytes),
      store.add('mask', bones.mask(), bytes),
    ] as const;
    const value = {
      bones: handles[0],
      mask: handles[1],
      report: parse<BonesReport>(bones.report()),
    };
    return { value, handles };
  },

  recipe: async ({ scan, steps }, { store, onProgress, checkpoint }) => {
    const opened = store.get('scan', scan);
    const info = scanInfo(opened.info(), '');
    let mask = null;
    for (const [k, step] of steps.entries()) {
      // Between steps even a page that is not isolated can stop us.
      if (k > 0) await checkpoint();
      const ofWhole: OnProgress = (stage, fraction) =>
        onProgress(stage, (k + fraction) / steps.length);
      mask = opened.step(JSON.stringify(step), mask, ofWhole);
    }
    if (!mask) {
      throw new HounsfieldError(
        'bad_parameter',
        'The recipe is empty; it needs at least one step.',
      );
    }
    const handle = store.add('mask', mask, maskBytes(info.sizeVoxel));
    return { value: { mask: handle }, handles: [handle] };
  },

  setPart: ({ bones, id, kept }, { store }) => ({
    value: parse(store.get('bones', bones).setPart(id, kept)),
  }),

  bits: ({ mask, z0, n }, { store }) => {
    const value = store.get('mask', mask).bits(z0, n);
    return { value, transfer: [value.buffer] };
  },

  measure: ({ mask }, { store, onProgress }) => ({
    value: parse(store.get('mask', mask).measure(onProgress)),
  }),

  toNifti: ({ mask }, { store }) => {
    const value = store.get('mask', mask).toNifti();
    return { value, transfer: [value.buffer] };
  },

  memory: (_, { instance }) => ({
    value: { usedBytes: instance.memory.buffer.byteLength, limitBytes: LIMIT_BYTES },
  }),

  release: ({ handle }, { store }) => {
    store.release(handle);
    return { value: null };
  },
};

/** Carries out one call. */
export async function perform(call: Call, context: Context): Promise<Outcome<CallName>> {
  // Name and arguments belong together by the type of `Call`; TypeScript cannot follow that
  // through the table.
  const performer = performers[call.name] as (
    args: Call['args'],
    context: Context,
  ) => Outcome<CallName> | Promise<Outcome<CallName>>;
  return performer(call.args, context);
}

function open(
  { header, image }: InputScan,
  { instance, store, onProgress }: Context,
): Outcome<'open'> {
  const scan = instance.core.Scan.open(
    byteSource(header.data),
    image && byteSource(image.data),
    LIMIT_BYTES - store.heldBytes(),
    onProgress,
  );
  const info = scanInfo(scan.info(), header.name);
  const handle = store.add('scan', scan, info.volumeBytes);
  return { value: { scan: handle, info }, handles: [handle] };
}

/** Refuses work that cannot fit before it begins. */
function admit(bytes: number, store: Store, hint: string): void {
  const needed = store.heldBytes() + bytes;
  if (needed <= LIMIT_BYTES) return;
  const mb = (n: number): number => Math.ceil(n / 1e6);
  throw new HounsfieldError(
    'too_large',
    `This needs ${mb(needed)} MB of memory, but ${mb(LIMIT_BYTES)} MB is the limit here; ${hint}.`,
  );
}

function scanInfo(json: string, name: string): ScanInfo {
  const info = JSON.parse(json) as Omit<ScanInfo, 'name' | 'limitBytes'>;
  return { ...info, name, limitBytes: LIMIT_BYTES };
}

/** One bit a voxel, rows in whole 8-byte words. */
function maskBytes([nx, ny, nz]: Triple): number {
  return Math.ceil(nx / 64) * 8 * ny * nz;
}

/** Small data from the core; its shapes are those of `types.ts`, which the golden tests hold it to. */
function parse<T>(json: string): T {
  return JSON.parse(json) as T;
}
