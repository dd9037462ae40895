import type { Bones, Mask, Scan, Surface } from './core.js';
import { HounsfieldError } from './errors.js';
import type { Handle } from './protocol.js';
import type { ScanInfo, SurfaceEstimate, SurfaceInfo } from './types.js';

interface Values {
  readonly scan: Scan;
  readonly mask: Mask;
  readonly bones: Bones;
  readonly surface: Surface;
}

/** Of the scan it is, or was made from: one object a scan. A surface has its own. */
interface Infos {
  readonly scan: ScanInfo;
  readonly mask: ScanInfo;
  readonly bones: ScanInfo;
  readonly surface: SurfaceInfo;
}

type Kind = keyof Values;

interface Held<K extends Kind> {
  readonly kind: K;
  readonly value: Values[K];
  readonly info: Infos[K];
}

type AnyHeld = { [K in Kind]: Held<K> }[Kind];

/** What the worker holds for the page, by handle. */
export class Store {
  readonly #held = new Map<Handle, AnyHeld>();
  #next: Handle = 1;

  add<K extends Kind>(kind: K, value: Values[K], info: Infos[K]): Handle {
    const handle = this.#next++;
    this.#held.set(handle, { kind, value, info } as AnyHeld);
    return handle;
  }

  get<K extends Kind>(kind: K, handle: Handle): Held<K> {
    const held = this.#held.get(handle);
    if (held?.kind !== kind) {
      throw new HounsfieldError('disposed', `This ${kind} was disposed of; open or make it again.`);
    }
    return held as unknown as Held<K>;
  }

  release(handle: Handle): void {
    this.#held.get(handle)?.value.free();
    this.#held.delete(handle);
  }

  /**
   * Bytes of everything held. The wasm memory itself never shrinks, so it cannot tell. The voxels of
   * a scan count as long as the scan or anything made from it is there.
   */
  heldBytes(): number {
    const scans = new Set<ScanInfo>();
    let sum = 0;
    for (const { kind, info } of this.#held.values()) {
      if (kind === 'surface') {
        sum += surfaceBytes(info);
        continue;
      }
      scans.add(info);
      // A bones run holds its parts' runs, which take less than its mask.
      if (kind !== 'scan') sum += maskBytes(info);
    }
    for (const { volumeBytes } of scans) sum += volumeBytes;
    return sum;
  }
}

/** One bit a voxel, rows in whole 8-byte words. */
export function maskBytes({ sizeVoxel: [nx, ny, nz] }: Pick<ScanInfo, 'sizeVoxel'>): number {
  return Math.ceil(nx / 64) * 8 * ny * nz;
}

/** Three 4-byte numbers a vertex, and three a triangle. */
export function surfaceBytes({
  triangles,
  vertices,
}: Pick<SurfaceEstimate, 'triangles' | 'vertices'>): number {
  return 12 * (triangles + vertices);
}
