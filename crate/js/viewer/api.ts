/** What a viewer is to its owner. */
import type { Vec3 } from './affine.js';
import type {
  MaskStyle,
  OpenReport,
  Pane,
  Pick,
  SurfaceStyle,
  ViewerEvents,
  ViewerSurface,
  ViewerVolume,
  ViewState,
} from './types.js';
import type { ViewerWords } from './words.js';

/** How a viewer is made. */
export interface ViewerOptions {
  /** Device pixels per CSS pixel at most. Default 2: beyond that one pays four times for nothing visible. */
  readonly maxPixelRatio?: number;
  /** Words in another language than English. */
  readonly words?: ViewerWords;
  /** Shows HU and position in the first pane. Default true; false when the page has a line of its own for it. */
  readonly readout?: boolean;
  /** The first state, in parts. */
  readonly state?: Partial<ViewState>;
}

/** See `index.ts` for an example. Calls after `dispose` do nothing. */
export interface Viewer {
  /**
   * Makes room for a scan and drops the one before, its masks and surfaces. Paints nothing until slabs come.
   * @throws ViewerError `bad-volume`, `out-of-memory`.
   */
  open(volume: ViewerVolume): OpenReport;
  /**
   * Sends `n` slices from `z0`: `n · ny · nx` values, x fastest. At most 8 MiB go up a frame; until the promise
   * resolves (also when the scan was replaced meanwhile) the array is read and must not change. It may lie in
   * shared memory.
   * @throws ViewerError `no-volume`, `bad-data`.
   */
  uploadSlab(z0: number, n: number, voxels: Int16Array): Promise<void>;
  /** Adds a mask, empty, or restyles it. Costs no upload. @throws ViewerError `no-volume`, `too-many-masks`, `out-of-memory`. */
  setMask(id: string, style: MaskStyle): void;
  /**
   * Replaces slices of a mask: `n · ny` rows of `8 · ceil(nx / 64)` bytes, voxel `x` being bit `x & 7` of byte
   * `x >> 3`. Otherwise as {@link Viewer.uploadSlab}, but ahead of any slab that waits.
   */
  uploadMask(
    id: string,
    box: { readonly z0: number; readonly n: number },
    bits: Uint8Array,
  ): Promise<void>;
  removeMask(id: string): void;
  /**
   * Adds or replaces a surface in the 3D pane, beside the open scan. Its arrays go up in pieces; until the promise
   * resolves (also when the surface was removed meanwhile) they are read and must not change, and what was there
   * under this id stays on screen.
   * @throws ViewerError `no-volume`, `bad-data`.
   */
  setSurface(id: string, surface: ViewerSurface): Promise<void>;
  /** Restyles a surface without an upload; nothing when there is none of this id. */
  setSurfaceStyle(id: string, style: Partial<SurfaceStyle>): void;
  removeSurface(id: string): void;
  /** Changes parts of the state: uniforms and one frame, never an upload. Safe to call at any rate. */
  set(state: Partial<ViewState>): void;
  readonly state: ViewState;
  /** Listens; the returned function stops it. */
  on<K extends keyof ViewerEvents>(
    event: K,
    listener: (payload: ViewerEvents[K]) => void,
  ): () => void;
  /** What lies under a point of the container, CSS pixels from its upper left corner. In 3D: the surface seen there, half transparent ones included. */
  pick(x: number, y: number): Pick | null;
  /** The value of a voxel as the card holds it, in HU; `null` outside, or before it has arrived. */
  huAt(voxel: Vec3): Promise<number | null>;
  /**
   * The picture, or that of one pane, with orientation letters and measurements. Waits until the 3D pane is drawn
   * in full. @throws ViewerError `no-volume`, or when that pane is not shown.
   */
  png(pane?: Pane): Promise<Blob>;
  /** Takes the container's size and theme anew. Sizes are followed without it; call it after a theme change. */
  resize(): void;
  /** Frees the graphics memory and removes what was added to the container. */
  dispose(): void;
}
