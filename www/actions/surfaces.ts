import type { CallOptions, Surface, SurfaceEstimate, SurfaceFormat } from 'hounsfield';

import { checkInName } from '../lib/check.js';
import { rgbOf } from '../lib/colour.js';
import { count, hounsfield } from '../lib/format.js';
import { saveFile, withEnding } from '../lib/save.js';
import { defaultLevel, liesInScan, optionsOf, withoutEnding } from '../lib/surface.js';
import { unitOf } from '../lib/units.js';
import { get, maskKey, presentLayers, set, setTask, setView } from '../session.js';
import type { Session, SurfaceId, SurfaceItem, SurfaceOf } from '../session.js';
import { theEngine } from './engine.js';
import { held, maskOf } from './held.js';
import { cancelTask, partOf, runTask, stopTask } from './task.js';
import { paintSurface } from './viewer.js';

const SCAN_COLOUR = '#E3DACD';

let lastId = 0;

/** What a surface is made of as things stand: what was chosen, else the first mask, else the scan. */
export function surfaceOf({ surfaceOf: chosen, layers }: Session): SurfaceOf {
  if (chosen === 'scan') return 'scan';
  const present = presentLayers(layers).map(([id]) => id);
  return present.find((id) => id === chosen) ?? present[0] ?? 'scan';
}

/** Where the surface of the scan lies. */
export function levelOf({ params, scan }: Session): number {
  return params.surface.levelHu ?? defaultLevel(scan?.info, scan?.intensity ?? null);
}

/** Names what a surface is of as it is now: another one when the mask has changed. */
export function sourceKey(session: Session, of: SurfaceOf): string {
  return of === 'scan' ? `scan ${session.scan?.nth}` : maskKey(session, of);
}

/** What would be made, before it is; `null` when nobody can say. */
export async function estimate(of: SurfaceOf): Promise<SurfaceEstimate | null> {
  const session = get();
  const { capBorder } = session.params.surface;
  try {
    if (of === 'scan') {
      const { opened } = held;
      const levelHu = levelOf(session);
      return opened ? await opened.scan.estimateSurface({ levelHu, capBorder }) : null;
    }
    return (await maskOf(of)?.estimateSurface({ capBorder })) ?? null;
  } catch {
    // What is wrong with it is said where it is made; a lost engine is told elsewhere.
    return null;
  }
}

export async function makeSurface(): Promise<void> {
  const session = get();
  const of = surfaceOf(session);
  const { params, layers, scan } = session;
  const levelHu = of === 'scan' ? levelOf(session) : null;
  const mask = of === 'scan' ? null : maskOf(of);
  if (of !== 'scan' && !mask) return;
  const layer = of === 'scan' ? null : layers[of];
  const name = layer?.name ?? `Scan at ${hounsfield(levelHu ?? 0, unitOf(scan?.info))}`;
  const colour = layer?.colour ?? SCAN_COLOUR;
  const options = optionsOf(params.surface, levelHu);
  const source = { of, key: sourceKey(session, of), options };
  await runTask({
    id: 'surface',
    ask: (open, call) => {
      const wanted = { ...options, name, rgb: rgbOf(colour) };
      return mask
        ? mask.surface(wanted, call)
        : open.surface({ ...wanted, levelHu: levelHu ?? 0 }, call);
    },
    publish: (surface) => show([surface], source),
    discard: (surface) => surface.dispose(),
    title: 'The surface could not be made',
    advice: 'Choose another mask or another level, or prepare a copy with larger voxels.',
  });
}

/** Surfaces of files, laid into the scan that is open. */
export async function addSurfaces(files: readonly File[]): Promise<void> {
  if (files.length === 0) return;
  set({ panel: 'surface' });
  await runTask({
    id: 'surface',
    ask: (_, call) => openAll(files, call),
    publish: (surfaces) => show(surfaces, null),
    discard: (surfaces) => {
      for (const surface of surfaces) surface.dispose();
    },
    title: 'The surface could not be opened',
    advice: 'Choose an STL, OBJ, PLY, GLB or 3MF file in RAS millimetres.',
  });
}

async function openAll(files: readonly File[], call: CallOptions): Promise<readonly Surface[]> {
  const engine = await theEngine();
  const made: Surface[] = [];
  try {
    for (const [k, file] of files.entries()) {
      const part = partOf(call, k / files.length, (k + 1) / files.length);
      made.push(...(await engine.openSurfaces(file, part)));
    }
    return made;
  } catch (error) {
    for (const surface of made) surface.dispose();
    throw error;
  }
}

/** Into the list, and into the 3D view; `null`: they came from a file. */
async function show(surfaces: readonly Surface[], source: SurfaceItem['source']): Promise<void> {
  const isFirst = get().surfaces.length === 0;
  const items = surfaces.map((surface): SurfaceItem => {
    const id: SurfaceId = `surface-${++lastId}`;
    held.surfaces.set(id, surface);
    const { info } = surface;
    const hex = info.rgb.map((part) => part.toString(16).padStart(2, '0')).join('');
    const name = info.name || `Surface ${lastId}`;
    return { id, name, colour: `#${hex}`, opacity: 1, visible: true, info, source };
  });
  const last = items.at(-1);
  set((s) => ({
    surfaces: [...s.surfaces, ...items],
    spoken: `${count(items.length, 'surface', 'surfaces')} made`,
  }));
  setTask('surface', () =>
    last ? { step: 'done', outcome: { last: last.id } } : { step: 'none' },
  );
  const { view } = get();
  // Somebody who makes a surface wants to see it, and not the mask it was made of in the same place.
  if (isFirst && view.overview === 'volume') setView({ overview: 'surfaces' });
  if (view.layout !== '2x2' && view.layout !== '3d') setView({ layout: '3d' });
  for (const { id } of items) await paintSurface(id);
}

/** Has the mask changed since? Of a file nobody can tell. */
export function isStale(session: Session, { source }: SurfaceItem): boolean {
  return source !== null && sourceKey(session, source.of) !== source.key;
}

/** Does it lie beside the scan? */
export function isElsewhere({ scan }: Session, { info }: SurfaceItem): boolean {
  return scan !== null && !liesInScan(info, scan.info);
}

export function setSurface(id: SurfaceId, change: Partial<SurfaceItem>): void {
  set(({ surfaces }) => ({
    surfaces: surfaces.map((item) => (item.id === id ? { ...item, ...change } : item)),
  }));
}

export function removeSurface(id: SurfaceId): void {
  held.surfaces.get(id)?.dispose();
  held.surfaces.delete(id);
  set(({ surfaces }) => ({ surfaces: surfaces.filter((item) => item.id !== id) }));
  if (get().surfaces.length === 0) setView({ overview: 'volume', cutAway: [] });
}

/** Those that are shown, as one file of named parts. */
export async function downloadSurfaces(format: SurfaceFormat): Promise<void> {
  const shown = get().surfaces.filter(({ visible }) => visible);
  const surfaces = shown.flatMap(({ id }) => held.surfaces.get(id) ?? []);
  const { scan } = get();
  if (surfaces.length === 0 || !scan) return;
  await runTask({
    id: 'surfaceFile',
    ask: async (_, call) => {
      const engine = await theEngine();
      const [only] = surfaces;
      return surfaces.length === 1 && only
        ? only.encode(format, call)
        : engine.encodeSurfaces(surfaces, format, call);
    },
    publish: (bytes) => {
      const what = shown.length === 1 ? fileWord(shown[0]?.name ?? '') : 'surfaces';
      const name = withEnding(scan.name, `.${what}${checkInName(get().scan?.check)}.${format}`);
      saveFile(name, new Blob([bytes], { type: TYPES[format] }));
      const outcome = { name, bytes: bytes.byteLength };
      setTask('surfaceFile', () => ({ step: 'done', outcome }));
      set({ spoken: 'Surface saved to downloads' });
      return Promise.resolve();
    },
    discard: () => undefined,
    title: 'The file could not be written',
    advice: 'Try again, or reduce the surface first.',
  });
}

const TYPES: Readonly<Record<SurfaceFormat, string>> = {
  stl: 'model/stl',
  obj: 'model/obj',
  ply: 'application/octet-stream',
  glb: 'model/gltf-binary',
  '3mf': 'model/3mf',
};

/** "Left lung" as a part of a file's name. */
function fileWord(name: string): string {
  return withoutEnding(name)
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '');
}

export function cancelSurface(): void {
  cancelTask('surface');
}

export function cancelSurfaceFile(): void {
  cancelTask('surfaceFile');
}

/** When another scan takes the place. Parameters stay, but a level belongs to its scan. */
export function forgetSurfaces(): void {
  stopTask('surface');
  stopTask('surfaceFile');
  for (const { id } of get().surfaces) removeSurface(id);
  setTask('surface', () => ({ step: 'none' }));
  setTask('surfaceFile', () => ({ step: 'none' }));
  set({ surfaceOf: null });
  setView({ overview: 'volume', cutAway: [] });
}
