import type { BonesResult, Listing, LungsResult, Mask, Prepared, Scan, Surface } from 'hounsfield';

import type { Choice, Contents } from '../lib/contents.js';
import type { AddedId, LayerId, SurfaceId } from '../session.js';

/** Where a scan comes from; kept, so that it can be opened again after the engine was lost. */
export type Source =
  | {
      readonly kind: 'files';
      readonly name: string;
      readonly files: readonly File[];
      /** `null`: the reader is asked where there is something to decide. */
      readonly choice: Choice | null;
    }
  | { readonly kind: 'phantom' };

/** Files whose headers have been read. */
export interface Looked {
  readonly files: readonly File[];
  readonly contents: Contents;
  readonly listing: Listing;
}

export interface Opened {
  readonly source: Source;
  readonly scan: Scan;
  /** The phantom's own bones. */
  readonly truth: Mask | null;
  /** What it was picked from. */
  readonly looked: Looked | null;
}

/**
 * The engine's handles that are alive. They are neither plain data nor replaceable, so they live
 * here and not in the session; only actions touch them.
 */
export const held: {
  opened: Opened | null;
  bones: BonesResult | null;
  lungs: LungsResult | null;
  prepared: Prepared | null;
  /** The listing that the reader is choosing from, or may go back to. */
  looked: Looked | null;
  readonly added: Map<AddedId, Mask>;
  readonly surfaces: Map<SurfaceId, Surface>;
} = {
  opened: null,
  bones: null,
  lungs: null,
  prepared: null,
  looked: null,
  added: new Map(),
  surfaces: new Map(),
};

export function maskOf(id: LayerId): Mask | null {
  switch (id) {
    case 'bones':
      return held.bones?.mask ?? null;
    case 'leftLung':
      return held.lungs?.left ?? null;
    case 'rightLung':
      return held.lungs?.right ?? null;
    case 'airways':
      return held.lungs?.airways ?? null;
    case 'truth':
      return held.opened?.truth ?? null;
    default:
      return held.added.get(id) ?? null;
  }
}
