import { badParameter, list, options as optionsOf, plain, shown, whole } from '../arguments.js';
import type { Client } from '../client.js';
import { disposeSymbol } from '../dispose.js';
import type { Home } from '../home.js';
import type { MadeSurface, SurfaceLook, SurfaceOf } from '../protocol.js';
import { encodeSurfaces, type Written } from '../surfaces.js';
import type {
  CallOptions,
  SimplifyOptions,
  Surface,
  SurfaceEstimate,
  SurfaceFormat,
  SurfaceInfo,
  SurfaceMesh,
  SurfaceOptions,
  Triple,
} from '../types.js';
import { Held } from './held.js';

export class SurfaceHandle implements Surface {
  readonly info: SurfaceInfo;
  readonly #held: Held;

  constructor(home: Home, { surface, info }: MadeSurface) {
    this.info = info;
    this.#held = new Held({ home, dicom: null }, surface, 'surface');
  }

  /** What the worker knows given surfaces by; refuses what is none, or another engine's. */
  static written(surfaces: unknown, client: Client): readonly Written[] {
    const given = list('surfaces', surfaces as readonly object[]);
    if (given.length === 0) throw badParameter('surfaces is empty; a file needs at least one');
    return given.map((each, k) => {
      if (!(#held in each)) {
        throw badParameter(`surfaces.${k} is ${shown(each)}, but it must be a surface`);
      }
      if (each.#held.client !== client) {
        throw badParameter(`surfaces.${k} is a surface of another engine; open it in this one`);
      }
      return { handle: each.#held.handle, info: each.info };
    });
  }

  async mesh(): Promise<SurfaceMesh> {
    const { client, handle: surface } = this.#held;
    const { positionsRasMm, normals, indices } = await client.call('surfaceMesh', {
      surface,
      normals: true,
    });
    if (!normals) throw new TypeError('a mesh came without its normals');
    return { positionsRasMm, normals, indices };
  }

  async simplify(given: SimplifyOptions, call?: CallOptions): Promise<Surface> {
    const { client, handle: surface, origin } = this.#held;
    const { targetTriangles, toleranceMm } = plain('options', optionsOf('options', given));
    const options = {
      ...(targetTriangles === undefined
        ? {}
        : { targetTriangles: whole('targetTriangles', targetTriangles) }),
      ...(toleranceMm === undefined ? {} : { toleranceMm: number('toleranceMm', toleranceMm) }),
    };
    const made = await client.call('simplifySurface', { surface, options }, call);
    return new SurfaceHandle(origin.home, made);
  }

  async encode(format: SurfaceFormat, call?: CallOptions): Promise<Uint8Array<ArrayBuffer>> {
    const { client, origin } = this.#held;
    return encodeSurfaces(origin.home, SurfaceHandle.written([this], client), format, call);
  }

  dispose(): void {
    this.#held.dispose();
  }

  [disposeSymbol](): void {
    this.dispose();
  }
}

/** Makes the surface of a scan or a mask. */
export async function makeSurface(
  home: Home,
  of: SurfaceOf,
  given: SurfaceOptions | undefined,
  call?: CallOptions,
): Promise<Surface> {
  const { name, rgb, ...params } = plain('options', optionsOf('options', given));
  const args = { ...of, params, look: lookOf(name, rgb) };
  return new SurfaceHandle(home, await home.client.call('surface', args, call));
}

/** Counts what {@link makeSurface} would make. */
export async function estimateSurface(
  { client }: Home,
  of: SurfaceOf,
  given: Pick<SurfaceOptions, 'levelHu' | 'capBorder'> | undefined,
): Promise<SurfaceEstimate> {
  const params = plain('options', optionsOf('options', given));
  return client.call('estimateSurface', { ...of, params });
}

function lookOf(name: unknown = '', rgb?: Triple): SurfaceLook {
  if (typeof name !== 'string') throw badParameter(`name is ${shown(name)}, but it must be a text`);
  if (rgb === undefined) return { name, rgb: null };
  if (!Array.isArray(rgb) || rgb.length !== 3) {
    throw badParameter(`rgb is ${shown(rgb)}, but it must be red, green and blue`);
  }
  const part = (k: 0 | 1 | 2): number => whole(`rgb.${k}`, rgb[k], 0, 255);
  return { name, rgb: [part(0), part(1), part(2)] };
}

function number(name: string, value: unknown): number {
  if (typeof value === 'number') return value;
  throw badParameter(`${name} is ${shown(value)}, but it must be a number`);
}
