import type { BonesResult, Mask, Scan } from 'hounsfield';

/** Where a scan comes from; kept, so that it can be opened again after the engine was lost. */
export type Source =
  { readonly kind: 'files'; readonly files: readonly File[] } | { readonly kind: 'phantom' };

export interface Opened {
  readonly source: Source;
  readonly scan: Scan;
  /** The phantom's own bones. */
  readonly truth: Mask | null;
}

/**
 * The engine's handles that are alive. They are neither plain data nor replaceable, so they live
 * here and not in the session; only actions touch them.
 */
export const held: { opened: Opened | null; bones: BonesResult | null } = {
  opened: null,
  bones: null,
};
