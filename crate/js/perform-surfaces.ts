/** The worker's side of surfaces. */

import { admit, leftBytes } from './budget.js';
import type { Surface } from './core.js';
import { parse, type Context, type Performers } from './performer.js';
import type { MadeSurface, SurfaceOf } from './protocol.js';
import { surfaceBytes } from './store.js';
import type { SurfaceInfo } from './types.js';

type Surfacing =
  'surface' | 'estimateSurface' | 'simplifySurface' | 'surfaceMesh' | 'adoptSurfaces';

export const surfacing: Performers<Surfacing> = {
  surface: ({ params, look, ...of }, context) => {
    const rgb = look.rgb && Uint8Array.from(look.rgb);
    const { store, onProgress } = context;
    const made = drawn(of, context).surface(
      JSON.stringify(params),
      look.name,
      rgb,
      leftBytes(store),
      onProgress,
    );
    return taken(made, context);
  },

  estimateSurface: ({ params, ...of }, context) => ({
    value: parse(drawn(of, context).estimateSurface(JSON.stringify(params), context.onProgress)),
  }),

  simplifySurface: ({ surface, options: { targetTriangles, toleranceMm } }, context) => {
    const { value } = context.store.get('surface', surface);
    admit(value.simplifyBytes(), context.store);
    return taken(value.simplify(targetTriangles, toleranceMm, context.onProgress), context);
  },

  surfaceMesh: ({ surface, normals }, { store }) => {
    const { value } = store.get('surface', surface);
    const [positionsRasMm, indices] = [value.positions(), value.indices()];
    const own = normals ? value.normals() : null;
    const transfer = [positionsRasMm.buffer, indices.buffer];
    if (own) transfer.push(own.buffer);
    return { value: { positionsRasMm, normals: own, indices }, transfer };
  },

  adoptSurfaces: ({ parts }, context) => {
    const made: MadeSurface[] = [];
    try {
      for (const { name, rgb, ctCheck, positionsRasMm, indices } of parts) {
        const counts = { triangles: indices.length / 3, vertices: positionsRasMm.length / 3 };
        admit(2 * surfaceBytes(counts), context.store);
        const { Surface } = context.instance.core;
        const surface = new Surface(name, Uint8Array.from(rgb), ctCheck, positionsRasMm, indices);
        made.push(taken(surface, context).value);
      }
    } catch (error) {
      for (const { surface } of made) context.store.release(surface);
      throw error;
    }
    return { value: made, handles: made.map(({ surface }) => surface) };
  },
};

/** What can be drawn. */
function drawn({ scan, mask }: SurfaceOf, { store }: Context) {
  return scan === null ? store.get('mask', mask).value : store.get('scan', scan).value;
}

function taken(
  surface: Surface,
  { store }: Context,
): { readonly value: MadeSurface; readonly handles: readonly number[] } {
  const info = parse<SurfaceInfo>(surface.info());
  const handle = store.add('surface', surface, info);
  return { value: { surface: handle, info }, handles: [handle] };
}
