import type { Bones, Mask, Scan } from './core.js';
import { HounsfieldError } from './errors.js';
import type { Handle } from './protocol.js';
import type { ScanInfo } from './types.js';

interface Values {
  readonly scan: Scan;
  readonly mask: Mask;
  readonly bones: Bones;
}

type Kind = keyof Values;

interface Held<K extends Kind = Kind> {
  readonly kind: K;
  readonly value: Values[K];
  /** Of the scan it is, or was made from: one object a scan. */
  readonly info: ScanInfo;
}

/** What the worker holds for the page, by handle. */
export class Store {
  readonly #held = new Map<Handle, Held>();
  #next: Handle = 1;

  add<K extends Kind>(kind: K, value: Values[K], info: ScanInfo): Handle {
    const handle = this.#next++;
    this.#held.set(handle, { kind, value, info });
    return handle;
  }

  get<K extends Kind>(kind: K, handle: Handle): Held<K> {
    const held = this.#held.get(handle);
    if (held?.kind !== kind) {
      throw new HounsfieldError('disposed', `This ${kind} was disposed of; open or make it again.`);
    }
    return held as Held<K>;
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
