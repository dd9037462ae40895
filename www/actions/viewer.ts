import type { Mask, Scan } from 'hounsfield';
import type * as ViewerModule from 'hounsfield/viewer';
import type { MaskStyle, SurfaceStyle, Viewer, ViewState } from 'hounsfield/viewer';

import { checkInName } from '../lib/check.js';
import { rgbOf } from '../lib/colour.js';
import { sentence } from '../lib/format.js';
import { valueOf } from '../lib/units.js';
import { isMade } from '../lib/grid.js';
import { codeOf, isLoss } from '../lib/problem.js';
import { saveFile, withEnding } from '../lib/save.js';
import { get, presentLayers, set, setView, useSession } from '../session.js';
import type { LayerId, Session, SurfaceId, SurfaceItem } from '../session.js';
import { held, maskOf } from './held.js';

/** Slices in one message: small enough that the picture grows smoothly. */
const SLAB = 16;
/** Bits are a sixteenth of the voxels, so more of them go at once. */
const MASK_SLAB = 64;
/** The upper end of bone; the component curve counts up to here too. */
const MAX_BONE_HU = 1300;

let viewer: Viewer | null = null;
/** Newest painting of each thing wins; a new scan makes all of them void. */
const painting = { scan: 0, masks: new Map<LayerId, number>() };

function nextPainting(id: LayerId): number {
  const next = (painting.masks.get(id) ?? 0) + 1;
  painting.masks.set(id, next);
  return next;
}

/** The viewer's code comes with the first scan, or before it when the network is idle anyway. */
export const loadViewer = (): Promise<typeof ViewerModule> => import('hounsfield/viewer');

/** Puts a viewer into the element; returns how to take it away. */
export function mountViewer(container: HTMLElement): () => void {
  let gone = false;
  let mounted: Viewer | null = null;
  const stop: (() => void)[] = [];
  const mount = async (): Promise<void> => {
    const { createViewer, ENGLISH } = await loadViewer();
    if (gone) return;
    mounted = createViewer(container, { words: { ...ENGLISH, readout } });
    viewer = mounted;
    stop.push(...wire(mounted));
    await repaint();
  };
  mount().catch(tellTrouble);
  return () => {
    gone = true;
    for (const off of stop) off();
    mounted?.dispose();
    if (viewer === mounted) viewer = null;
  };
}

/** The value under the hand. Slices that no scanner has seen say so. */
function readout(value: number | null, mm: readonly [string, string, string]): string {
  const info = get().scan?.info;
  const text = value === null || !info ? '–' : valueOf(info, value);
  const made = info && isMade(info, mm.map(Number)) ? '  ·  interpolated slice' : '';
  return `${text} @ ${mm.join('  ')}${made}`;
}

/** What hand and page both change. */
const SHARED = ['window', 'layout', 'overlayVisible', 'measuring', 'measurements'] as const;
type Shared = Pick<ViewState, (typeof SHARED)[number]>;

function shared({ window, layout, overlayVisible, measuring, measurements }: Shared): Shared {
  return { window, layout, overlayVisible, measuring, measurements };
}

/** The session decides what is shown; the viewer tells what the hand did. */
function wire(v: Viewer): (() => void)[] {
  apply(v, get(), null);
  return [
    useSession.subscribe((now, before) => apply(v, now, before)),
    v.on('state', (state) => {
      const now = shared(state);
      const { view } = get();
      if (SHARED.some((key) => now[key] !== view[key])) setView(now);
    }),
    v.on('restored', () => void repaint()),
  ];
}

function apply(v: Viewer, now: Session, before: Session | null): void {
  if (now.view !== before?.view) {
    const { overview, cutAway } = now.view;
    v.set({ ...shared(now.view), overview, cutAway });
  }
  if (now.surfaces !== before?.surfaces) {
    const gone = before?.surfaces.filter(({ id }) => now.surfaces.every((item) => item.id !== id));
    for (const { id } of gone ?? []) v.removeSurface(id);
    for (const item of now.surfaces) v.setSurfaceStyle(item.id, styleOf(item));
  }
  if (now.previewHu !== before?.previewHu || now.layers !== before?.layers) {
    const { colour, opacity, visible } = now.layers.bones;
    const live = now.previewHu !== null && visible;
    v.set({
      ranges: live ? [{ minHu: now.previewHu, maxHu: MAX_BONE_HU, colour, opacity }] : [],
    });
    for (const id of drawn.keys()) restyle(v, id, now);
  }
}

/** Masks the viewer has been told of, and how they look there. */
const drawn = new Map<LayerId, MaskStyle>();

function restyle(v: Viewer, id: LayerId, { layers, previewHu }: Session): void {
  const layer = layers[id];
  if (!layer) return;
  const { name, colour, opacity, visible } = layer;
  // The preview stands in for the mask: both at once would say two things.
  const shown = visible && !(id === 'bones' && previewHu !== null);
  const last = drawn.get(id);
  if (last?.visible === shown && last.colour === colour && last.opacity === opacity) return;
  const next: MaskStyle = { name, colour, opacity, visible: shown };
  v.setMask(id, next);
  drawn.set(id, next);
}

/** The views cannot show something; numbers and files are none the worse for it. */
function tellTrouble(error: unknown): void {
  // The handle was void: another scan has taken the place, or the engine is lost, which is told.
  if (isLoss(error) || codeOf(error) === 'disposed') return;
  setView({ trouble: sentence(error instanceof Error ? error.message : String(error)) });
}

/** Everything again, for a new viewer or a graphics card that has forgotten. */
async function repaint(): Promise<void> {
  if (!held.opened) return;
  await paintScan(held.opened.scan);
  for (const [id] of presentLayers(get().layers)) await paintMask(id);
  for (const { id } of get().surfaces) await paintSurface(id);
}

/** Sends the scan to the views. What goes wrong there is told there. */
export function paintScan(scan: Scan): Promise<void> {
  setView({ trouble: '' });
  return sendScan(scan).catch(tellTrouble);
}

/** Slab by slab, from the middle outwards: that is where the reader looks first. */
async function sendScan(scan: Scan): Promise<void> {
  const v = viewer;
  if (!v) return; // Comes back through repaint() once the viewer is there.
  const mine = ++painting.scan;
  for (const id of painting.masks.keys()) nextPainting(id);
  drawn.clear();
  const { sizeVoxel, rasFromVoxel } = scan.info;
  const { step, reason } = v.open({ sizeVoxel, rasFromVoxel });
  const depth = sizeVoxel[2];
  setPainted(0, reason === null ? '' : thinned(step, reason));
  let painted = 0;
  for (const z0 of fromTheMiddle(depth)) {
    const n = Math.min(SLAB, depth - z0);
    const slab = await scan.slab(z0, n);
    if (mine !== painting.scan) return;
    await v.uploadSlab(z0, n, slab);
    if (mine !== painting.scan) return;
    setPainted((painted += n));
  }
}

function setPainted(paintedSlices: number, viewerNote?: string): void {
  set((s) =>
    s.scan
      ? { scan: { ...s.scan, paintedSlices, viewerNote: viewerNote ?? s.scan.viewerNote } }
      : s,
  );
}

function thinned(step: readonly number[], reason: 'texture-size' | 'memory'): string {
  const every = Math.max(...step);
  return reason === 'memory'
    ? `The graphics card has room for one voxel in ${every} along one axis. Results use all of them.`
    : `The graphics card takes no texture this long; one voxel in ${every} is shown. Results use all of them.`;
}

/** First slices of slabs: the middle one, then its neighbours, outwards. */
function fromTheMiddle(depth: number): number[] {
  const middle = Math.floor(depth / 2 / SLAB) * SLAB;
  const starts: number[] = [];
  for (let away = 0; away < depth; away += SLAB) {
    if (middle + away < depth) starts.push(middle + away);
    if (away > 0 && middle - away >= 0) starts.push(middle - away);
  }
  return starts;
}

interface Slices {
  readonly fromZ: number;
  readonly toZ: number;
}

/**
 * Sends a mask, or some slices of it, where it is to be seen: one that is hidden takes no place in
 * the views. What goes wrong there is told there.
 */
export function paintMask(id: LayerId, range?: Slices): Promise<void> {
  const mask = maskOf(id);
  if (!mask || !get().layers[id]?.visible) return Promise.resolve();
  return sendMask(id, mask, range).catch(tellTrouble);
}

async function sendMask(id: LayerId, mask: Mask, range?: Slices): Promise<void> {
  const v = viewer;
  if (!v) return;
  // Two patches of one mask both matter; a whole mask makes everything before it void.
  const mine = range ? painting.masks.get(id) : nextPainting(id);
  const { fromZ, toZ } = range ?? { fromZ: 0, toZ: mask.sizeVoxel[2] - 1 };
  restyle(v, id, get());
  for (let z0 = fromZ; z0 <= toZ; z0 += MASK_SLAB) {
    const n = Math.min(MASK_SLAB, toZ + 1 - z0);
    const bits = await mask.bits(z0, n);
    if (mine !== painting.masks.get(id)) return;
    await v.uploadMask(id, { z0, n }, bits);
    if (mine !== painting.masks.get(id)) return;
  }
}

export function hideMask(id: LayerId): void {
  nextPainting(id);
  if (drawn.delete(id)) viewer?.removeMask(id);
}

/** The 3D view as it is, with its measurements, as a PNG beside the downloads. */
export async function savePicture(): Promise<void> {
  const { scan } = get();
  if (!viewer || !scan) return;
  try {
    const name = withEnding(scan.name, `.3d${checkInName(scan.check)}.png`);
    saveFile(name, await viewer.png('3d'));
    set({ spoken: 'Picture of the 3D view saved.' });
  } catch (error) {
    tellTrouble(error);
  }
}

function styleOf({ colour, opacity, visible }: SurfaceItem): SurfaceStyle {
  return { rgb: rgbOf(colour), opacity, visible };
}

/** Sends a surface to the 3D view. What goes wrong there is told there. */
export function paintSurface(id: SurfaceId): Promise<void> {
  return sendSurface(id).catch(tellTrouble);
}

async function sendSurface(id: SurfaceId): Promise<void> {
  const [v, surface] = [viewer, held.surfaces.get(id)];
  if (!v || !surface) return;
  const mesh = await surface.mesh();
  const item = get().surfaces.find((one) => one.id === id);
  if (!item || viewer !== v) return;
  await v.setSurface(id, { ...mesh, ...styleOf(item), isClosed: item.info.isClosed });
  // The hand may have changed its look meanwhile, or removed it.
  const now = get().surfaces.find((one) => one.id === id);
  if (now) v.setSurfaceStyle(id, styleOf(now));
  else v.removeSurface(id);
}

/** Moves the crosshair, and with it every slice. */
export function lookAt(rasMm: readonly [number, number, number]): void {
  viewer?.set({ crosshairMm: rasMm });
}
