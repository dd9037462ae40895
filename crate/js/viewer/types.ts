import type { Vec3 } from './affine.js';
import type { Measured, MeasureKind, Measurement } from './measure.js';

/** The three reslices; each is a true anatomical plane, whatever the tilt of the grid. */
export type SlicePane = 'axial' | 'coronal' | 'sagittal';
/** Every pane of the viewer. */
export type Pane = SlicePane | '3d';
/** What is on screen: all four panes, or one of them alone. */
export type Layout = '2x2' | Pane;
/** Radiological: the patient's right is on the left of the screen. Neurological: the other way round. */
export type Convention = 'radiological' | 'neurological';
/** An orientation letter: patient Right, Left, Anterior, Posterior, Superior, Inferior. */
export type Letter = 'R' | 'L' | 'A' | 'P' | 'S' | 'I';

/** The grid of a scan, in closest-RAS voxel order: x fastest; x, y, z run roughly to the patient's R, A, S. */
export interface ViewerVolume {
  /** Voxels along x, y, z. */
  readonly sizeVoxel: readonly [number, number, number];
  /** 3×4, row-major, millimetres; maps the centre of voxel (i, j, k) to RAS. May be oblique or sheared. */
  readonly rasFromVoxel: readonly number[];
  /** HU of a stored value `v` is `v · huSlope + huIntercept`. Default 1 and 0: the values are HU. */
  readonly huSlope?: number;
  /** See {@link ViewerVolume.huSlope}. */
  readonly huIntercept?: number;
}

/** What `open` had to do to fit the scan on this graphics card. */
export interface OpenReport {
  /** 1 along every axis when all voxels are shown; `[1, 1, 2]` when every second slice is. */
  readonly step: readonly [number, number, number];
  /** Why `step` is not 1, or `null`. */
  readonly reason: 'texture-size' | 'memory' | null;
  /** The card's `MAX_3D_TEXTURE_SIZE`. */
  readonly maxTextureSize: number;
  /** Graphics memory taken by the scan, in bytes (each mask takes a sixteenth of it on top). */
  readonly textureBytes: number;
}

/** A CT window: what is shown between black and white, in HU. */
export interface HuWindow {
  readonly centreHu: number;
  readonly widthHu: number;
}

/** A live threshold preview: voxels with `minHu ≤ HU ≤ maxHu` are coloured on the GPU, nothing is computed. */
export interface LiveRange {
  readonly minHu: number;
  readonly maxHu: number;
  /** CSS hex colour, `#rgb` or `#rrggbb`. */
  readonly colour: string;
  /** 0 … 1, of the fill on slices. */
  readonly opacity: number;
}

/** How a mask is drawn. */
export interface MaskStyle {
  /** CSS hex colour, `#rgb` or `#rrggbb`. */
  readonly colour: string;
  /** 0 … 1, of the fill on slices. */
  readonly opacity: number;
  readonly visible: boolean;
  /** For people: used in accessible descriptions. */
  readonly name: string;
  /** 0 … 1, of the one-pixel outline on slices. Default 0.9. */
  readonly outline?: number;
  /** 0 … 1, in the 3D pane. Default 1. */
  readonly opacity3d?: number;
}

/** Triangles, RAS mm; front faces are wound counter-clockwise seen from outside. */
export interface SurfaceShape {
  /** Three numbers a point. */
  readonly positionsRasMm: Float32Array;
  /** Unit vectors outwards, three numbers a point. Absent: lit flat, triangle by triangle. */
  readonly normals?: Float32Array | null | undefined;
  /** Three points a triangle. */
  readonly indices: Uint32Array;
}

/** How a surface is drawn. */
export interface SurfaceStyle {
  /** 0 … 255 each. */
  readonly rgb: readonly [number, number, number];
  /** 0 … 1. From 1 down it is drawn through its own other side, exactly for the nearest layers. */
  readonly opacity: number;
  readonly visible: boolean;
}

/** A surface of the 3D pane. What the engine's `surface.info` and `surface.mesh()` give fits. */
export interface ViewerSurface extends SurfaceShape, Partial<SurfaceStyle> {
  readonly rgb: readonly [number, number, number];
  /** Drawn while the view turns, where the whole is too slow for that. Absent: made here of large surfaces. */
  readonly coarse?: SurfaceShape | null | undefined;
  /** Without holes, so that a cut through it is filled. Default true. */
  readonly isClosed?: boolean | undefined;
}

/** Zoom and pan of one slice pane. */
export interface PaneView {
  /** 1 shows the whole scan. */
  readonly zoom: number;
  /** Shift of the pane's centre along the screen's right and up, in mm. */
  readonly panMm: readonly [number, number];
}

/** Where the 3D pane is seen from. */
export interface CameraView {
  /** Degrees around the patient's long axis; 0 looks at the face, 90 at the patient's left side. */
  readonly azimuthDeg: number;
  /** −90 … 90; positive looks down from above. */
  readonly elevationDeg: number;
  /** 1 shows the whole scan. */
  readonly zoom: number;
  /** Shift along the screen's right and up, in mm. */
  readonly panMm: readonly [number, number];
}

/** Everything that decides the picture apart from voxels, masks and surfaces. Plain data, replaceable in parts. */
export interface ViewState {
  readonly layout: Layout;
  readonly convention: Convention;
  /** Of the grey values. Masks and thresholds are always drawn voxel by voxel. */
  readonly interpolation: 'linear' | 'nearest';
  readonly window: HuWindow;
  /** At most four. */
  readonly ranges: readonly LiveRange[];
  /** RAS, mm. */
  readonly crosshairMm: Vec3;
  readonly crosshairVisible: boolean;
  /** False hides every mask and range, for a look at the bare scan. */
  readonly overlayVisible: boolean;
  readonly panes: Readonly<Record<SlicePane, PaneView>>;
  readonly camera: CameraView;
  /** 0 … 1: how much of the body's outline is seen around masks in 3D. */
  readonly bodyOpacity: number;
  /** What the 3D pane shows: masks or bone marched through the scan, surfaces, or both in one picture. */
  readonly overview: 'volume' | 'surfaces' | 'both';
  /**
   * What the 3D pane leaves out: everything on these sides of the slices through the crosshair. `['A']` opens the
   * body from the front, `['A', 'L']` takes away all but a quarter.
   */
  readonly cutAway: readonly Letter[];
  /** What the next clicks measure; `null`: they move the crosshair. */
  readonly measuring: MeasureKind | null;
  /** Distances and angles drawn on the panes. */
  readonly measurements: readonly Measurement[];
}

/** A place in the scan under a point of the screen. */
export interface Pick {
  readonly pane: Pane;
  /** RAS, mm. */
  readonly rasMm: Vec3;
  /** Indices of the voxel, x fastest; `null` where the pane shows no scan. */
  readonly voxel: Vec3 | null;
}

/** A {@link Pick} with the value there; `hu` is `null` outside the scan and while that slice has not arrived. */
export interface Hover extends Pick {
  readonly hu: number | null;
}

/** What listeners receive. */
export interface ViewerEvents {
  /** The crosshair moved, by hand or by `set`. */
  crosshair: { readonly rasMm: Vec3; readonly voxel: Vec3 | null };
  /** Any part of the state changed, by hand or by `set`. Fired once per change, never for equal values. */
  state: ViewState;
  /** The pointer rests over a slice; `null` when it leaves. At most once a frame. */
  hover: Hover | null;
  /** A distance or an angle was completed by hand; it is in `state.measurements` already. */
  measured: Measured;
  /** The graphics context is gone (driver reset, too many tabs). The panes stay, without pictures. */
  lost: null;
  /** The context is back, empty: send slabs, masks and surfaces again. */
  restored: null;
}

/** Why a call was refused. */
export type ViewerErrorCode =
  'no-webgl2' | 'bad-volume' | 'bad-data' | 'no-volume' | 'too-many-masks' | 'out-of-memory';

/** Thrown by the viewer; `message` says what was expected and what came. */
export class ViewerError extends Error {
  override readonly name = 'ViewerError';
  constructor(
    readonly code: ViewerErrorCode,
    message: string,
  ) {
    super(message);
  }
}

/** The usual CT windows, in the order of the keys 1–5. */
export const WINDOW_PRESETS = {
  bone: { centreHu: 400, widthHu: 1800 },
  lung: { centreHu: -600, widthHu: 1500 },
  softTissue: { centreHu: 40, widthHu: 400 },
  brain: { centreHu: 40, widthHu: 80 },
  mediastinum: { centreHu: 50, widthHu: 350 },
} as const satisfies Record<string, HuWindow>;

/** How many masks the shaders take at once. */
export const MAX_MASKS = 8;
/** How many live ranges the shaders take at once. */
export const MAX_RANGES = 4;
/** The slice panes, in the order they are drawn. */
export const SLICE_PANES = ['axial', 'coronal', 'sagittal'] as const satisfies readonly SlicePane[];
