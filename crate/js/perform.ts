/** The worker's side of each call: reads arguments, calls wasm once, turns the result round. */

import {
  LIMIT_BYTES,
  admit,
  bonesBytes,
  leftBytes,
  phantomBytes,
  roundedBytes,
  stepBytes,
} from './budget.js';
import type { Labels, OnProgress, Phantom } from './core.js';
import { HounsfieldError } from './errors.js';
import { gather } from './gather.js';
import { writing } from './perform-files.js';
import { measuring } from './perform-measures.js';
import { preparing } from './perform-prepare.js';
import { surfacing } from './perform-surfaces.js';
import { parse, scanInfo, type Context, type Outcome, type Performers } from './performer.js';
import type { Call, CallName, Handle, InputLabels, Reply } from './protocol.js';
import { byteSource } from './source.js';
import type { Store } from './store.js';
import type { BonesReport, Note, ScanInfo } from './types.js';

const performers: Performers<CallName> = {
  ...measuring,
  ...preparing,
  ...surfacing,
  ...writing,

  inspect: ({ header }, { instance }) => ({
    value: scanInfo(instance.core.inspect(byteSource(header.data)), header.name),
  }),

  open: ({ header, image }, { instance, store, onProgress }) => {
    const source = byteSource(header.data);
    admit(scanInfo(instance.core.inspect(source), header.name).volumeBytes, store);
    const voxels = image && byteSource(image.data);
    const scan = instance.core.Scan.open(source, voxels, leftBytes(store), onProgress);
    const info = scanInfo(scan.info(), header.name);
    const handle = store.add('scan', scan, info);
    return { value: { scan: handle, info }, handles: [handle] };
  },

  assemble: async ({ name, input }, context) => {
    const { assembly, info: gathered } = await gather(input, context);
    const scan = assembly.finish(JSON.stringify(gathered.facts));
    const info: ScanInfo = { ...gathered, ...scanInfo(scan.info(), name) };
    const handle = context.store.add('scan', scan, info);
    return { value: { scan: handle, info }, handles: [handle] };
  },

  openLabels: ({ scan, input: { header, image }, turnOver }, { instance, store, onProgress }) => {
    const { value: opened, info } = store.get('scan', scan);
    const source = byteSource(header.data);
    const about = scanInfo(instance.core.inspect(source), header.name);
    admit(about.volumeBytes, store);
    const voxels = image && byteSource(image.data);
    const labels = opened.openLabels(source, voxels, turnOver, leftBytes(store), onProgress);
    return labelled(labels, store, info, about);
  },

  assembleLabels: async ({ scan, input, turnOver, coding }, context) => {
    const { value: opened, info } = context.store.get('scan', scan);
    const { assembly, info: gathered } = await gather(input, context);
    const placed = gathered.facts.placement === 'stated';
    const labels = assembly.finishLabels(placed, turnOver, JSON.stringify(coding), opened);
    return labelled(labels, context.store, info, gathered);
  },

  phantom: async ({ options, wasm }, context) => {
    const { store, withPhantom } = context;
    admit(phantomBytes(options), store);
    const value = await withPhantom(wasm, (core) => {
      const phantom = core.Phantom.render(JSON.stringify(options), context.onProgress);
      return takePhantom(phantom, context);
    });
    return { value, handles: [value.scan, value.bones] };
  },

  check: ({ scan }, { store }) => {
    const { value, info } = store.get('scan', scan);
    admit(roundedBytes(info), store);
    return { value: parse(value.check()) };
  },

  intensity: ({ scan }, { store }) => ({ value: parse(store.get('scan', scan).value.intensity()) }),

  slab: ({ scan, z0, n }, { store }) => {
    const value = store.get('scan', scan).value.slab(z0, n);
    return { value, transfer: [value.buffer] };
  },

  curve: ({ scan, neighbourhood }, { store, onProgress }) => {
    const { value: opened, info } = store.get('scan', scan);
    admit(bonesBytes(info), store);
    return { value: parse(opened.curve(neighbourhood, onProgress)) };
  },

  bones: ({ scan, params }, { store, onProgress }) => {
    const { value: opened, info } = store.get('scan', scan);
    admit(bonesBytes(info), store);
    const run = opened.bones(JSON.stringify(params), onProgress);
    const report = parse<BonesReport>(run.report());
    const value = {
      bones: store.add('bones', run, info),
      mask: store.add('mask', run.mask(), info),
      report,
    };
    return { value, handles: [value.bones, value.mask] };
  },

  recipe: async ({ scan, steps }, { store, onProgress, checkpoint }) => {
    const { value: opened, info } = store.get('scan', scan);
    admit(stepBytes(info), store);
    let mask = null;
    for (const [k, step] of steps.entries()) {
      const ofWhole: OnProgress = (stage, fraction) =>
        onProgress(stage, (k + fraction) / steps.length);
      // Takes the mask before with it, whatever happens.
      mask = opened.step(JSON.stringify(step), mask, ofWhole);
      try {
        await checkpoint();
      } catch (error) {
        mask.free();
        throw error;
      }
    }
    if (!mask) {
      throw new HounsfieldError('bad_parameter', 'the recipe is empty; it needs at least one step');
    }
    const handle = store.add('mask', mask, info);
    return { value: { mask: handle }, handles: [handle] };
  },

  setPart: ({ bones, id, kept }, { store }) => ({
    value: parse(store.get('bones', bones).value.setPart(id, kept)),
  }),

  bits: ({ mask, z0, n }, { store }) => {
    const value = store.get('mask', mask).value.bits(z0, n);
    return { value, transfer: [value.buffer] };
  },

  measure: ({ mask }, { store, onProgress }) => {
    const { value, info } = store.get('mask', mask);
    admit(roundedBytes(info), store);
    return { value: parse(value.measure(onProgress)) };
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

/** Takes the slices of a phantom over, and its bones. */
function takePhantom(phantom: Phantom, { instance, store }: Context): Reply<'phantom'> {
  const rendered = scanInfo(phantom.info(), 'phantom');
  const { sizeVoxel, rasFromVoxel, facts } = rendered;
  const assembly = new instance.core.Assembly(
    Uint32Array.from(sizeVoxel),
    Float64Array.from(rasFromVoxel),
    false,
    0,
    leftBytes(store),
  );
  for (let z = 0; z < sizeVoxel[2]; z++) assembly.putI16(z, phantom.slab(z, 1));
  const scan = assembly.finish(JSON.stringify(facts));
  const info: ScanInfo = { ...rendered, ...scanInfo(scan.info(), 'phantom') };
  const bones = scan.maskOf(phantom.bones());
  return { scan: store.add('scan', scan, info), bones: store.add('mask', bones, info), info };
}

/** Nothing says where they lie: which end is up is as likely wrong as right. */
const BY_SIZE: Note = {
  code: 'placed_by_size',
  message: 'It is placed by its size only: check top and bottom, left and right.',
};

/** Takes the masks of a file of labels into the store, lowest label first. */
function labelled(
  labels: Labels,
  store: Store,
  info: ScanInfo,
  about: Pick<ScanInfo, 'facts' | 'notes'>,
): { readonly value: InputLabels; readonly handles: readonly Handle[] } {
  const masks: InputLabels['masks'][number][] = [];
  for (let label = labels.label(); label !== undefined; label = labels.label()) {
    const rgb = labels.colour();
    const colour = rgb === undefined ? null : `#${rgb.toString(16).padStart(6, '0')}`;
    const mask = labels.take();
    if (mask) masks.push({ label, colour, mask: store.add('mask', mask, info) });
  }
  const told = [...parse<readonly Note[]>(labels.notes()), ...about.notes];
  labels.free();
  const notes = about.facts.placement === 'stated' ? told : [BY_SIZE, ...told];
  return { value: { masks, notes }, handles: masks.map(({ mask }) => mask) };
}
