/** Surfaces as files: arrays go between the engine and a worker that knows the formats. */

import { badParameter, shown } from './arguments.js';
import { FileSet } from './file-set.js';
import type { Home } from './home.js';
import { fileList } from './input.js';
import type { Handle, MadeSurface } from './protocol.js';
import type { CallOptions, SurfaceFormat, SurfaceInfo } from './types.js';

/** A surface on its way out. */
export interface Written {
  readonly handle: Handle;
  readonly info: SurfaceInfo;
}

const FORMATS: readonly SurfaceFormat[] = ['stl', 'obj', 'ply', 'glb', '3mf'];

/** One file of all surfaces, in their order. Reports stage "writing". */
export async function encodeSurfaces(
  { client, readers }: Home,
  surfaces: readonly Written[],
  format: SurfaceFormat,
  call: CallOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  if (!FORMATS.includes(format)) {
    throw badParameter(`format is ${shown(format)}, but it must be one of ${FORMATS.join(', ')}`);
  }
  const set = new FileSet(readers, []);
  return set.withOne(call, async (worker, signal) => {
    await worker.call('surfacesStart', { format });
    for (const [k, { handle: surface, info }] of surfaces.entries()) {
      call.onProgress?.({ stage: 'writing', fraction: k / surfaces.length });
      const args = { surface, normals: false };
      const { positionsRasMm, indices } = await client.call('surfaceMesh', args, { signal });
      const { name, rgb, ctCheck } = info;
      const part = { name, rgb, ctCheck, positionsRasMm, indices };
      await worker.call('surfacesPut', part, [positionsRasMm.buffer, indices.buffer]);
    }
    return worker.call('surfacesFinish', null);
  });
}

/** The surfaces of a file, in the engine. Reports stage "reading". */
export async function openSurfaces(
  { client, readers }: Home,
  file: unknown,
  call: CallOptions = {},
): Promise<readonly MadeSurface[]> {
  const files = fileList(file as File);
  if (files.length > 1) throw badParameter('openSurfaces takes one file at a time');
  const set = new FileSet(readers, files);
  const parts = await set.withOne(call, (worker) => {
    call.onProgress?.({ stage: 'reading', fraction: 0 });
    return worker.call('surfaces', null);
  });
  const transfer = parts.flatMap(({ positionsRasMm, indices }) => [
    positionsRasMm.buffer,
    indices.buffer,
  ]);
  return client.call('adoptSurfaces', { parts }, { signal: call.signal }, transfer);
}
