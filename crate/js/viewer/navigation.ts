/** What a gesture does to the view. Pure: old state and pixels in, new state out. */
import { addScaled } from './affine.js';
import type { Vec3 } from './affine.js';
import { basisOf, mmPerPixel, sliceIndex, slicePosition } from './planes.js';
import type { Basis, BoxMm, SliceStack } from './planes.js';
import { WINDOW_PRESETS } from './types.js';
import type { CameraView, HuWindow, PaneView, SlicePane, ViewState } from './types.js';

/** One pane's zoom limits: from half the scan's size to single voxels filling the screen. */
const ZOOM = { least: 0.5, most: 60 } as const;
const WHOLE: PaneView = { zoom: 1, panMm: [0, 0] };

/** The state before anything is opened. */
export function initialState(): ViewState {
  return {
    layout: '2x2',
    convention: 'radiological',
    interpolation: 'linear',
    window: WINDOW_PRESETS.softTissue,
    ranges: [],
    crosshairMm: [0, 0, 0],
    crosshairVisible: true,
    overlayVisible: true,
    panes: { axial: WHOLE, coronal: WHOLE, sagittal: WHOLE },
    camera: { azimuthDeg: 24, elevationDeg: 8, zoom: 1, panMm: [0, 0] },
    bodyOpacity: 1,
    overview: 'both',
    cutAway: [],
    measuring: null,
    measurements: [],
  };
}

/** The parts of the state that depend on the scan, for a scan just opened: all of it, from its middle. */
export function homeState(
  state: ViewState,
  stacks: readonly [SliceStack, SliceStack, SliceStack],
): ViewState {
  const { camera, panes, cutAway, measuring, measurements } = initialState();
  return {
    ...state,
    panes,
    camera,
    cutAway,
    measuring,
    measurements,
    crosshairMm: [middle(stacks[0]), middle(stacks[1]), middle(stacks[2])],
  };
}

const middle = (stack: SliceStack): number => slicePosition(stack, Math.floor(stack.count / 2));

/** The crosshair moved onto the nearest slices, so that panes show voxels as stored and not mixtures of two. */
export function snapped(rasMm: Vec3, stacks: readonly [SliceStack, SliceStack, SliceStack]): Vec3 {
  const snap = (k: 0 | 1 | 2): number => slicePosition(stacks[k], sliceIndex(stacks[k], rasMm[k]));
  return [snap(0), snap(1), snap(2)];
}

/** The crosshair `slices` further along one axis, within the scan. */
export function stepped(rasMm: Vec3, axis: 0 | 1 | 2, stack: SliceStack, slices: number): Vec3 {
  const index = Math.min(stack.count - 1, Math.max(0, sliceIndex(stack, rasMm[axis]) + slices));
  return withAxis(rasMm, axis, slicePosition(stack, index));
}

/** The crosshair with one coordinate replaced. */
export function withAxis(rasMm: Vec3, axis: 0 | 1 | 2, mm: number): Vec3 {
  return [axis === 0 ? mm : rasMm[0], axis === 1 ? mm : rasMm[1], axis === 2 ? mm : rasMm[2]];
}

/** A point brought inside a box. */
export function clampTo(box: BoxMm, p: Vec3): Vec3 {
  const clamp = (k: 0 | 1 | 2): number => Math.min(box.hi[k], Math.max(box.lo[k], p[k]));
  return [clamp(0), clamp(1), clamp(2)];
}

/**
 * Zooms a slice pane so that the point under `(x, y)` stays there; pixels from the pane's lower left corner,
 * in the same unit as `width` and `height`.
 */
export function zoomedAt(
  view: PaneView,
  basis: Basis,
  box: BoxMm,
  width: number,
  height: number,
  factor: number,
  x: number,
  y: number,
): PaneView {
  const zoom = Math.min(ZOOM.most, Math.max(ZOOM.least, view.zoom * factor));
  const shrink =
    mmPerPixel(basis, box, width, height, view.zoom) - mmPerPixel(basis, box, width, height, zoom);
  return {
    zoom,
    panMm: [view.panMm[0] + (x - width / 2) * shrink, view.panMm[1] + (y - height / 2) * shrink],
  };
}

/** Shifts a view so that the picture follows the hand; pixels right and **up**. */
export function dragged<V extends PaneView | CameraView>(
  view: V,
  mmPx: number,
  dx: number,
  dy: number,
): V {
  return { ...view, panMm: [view.panMm[0] - dx * mmPx, view.panMm[1] - dy * mmPx] };
}

/** The 3D pane's zoom; it keeps its centre, because turning about an unseen point confuses. */
export function zoomedCamera(view: CameraView, factor: number): CameraView {
  return { ...view, zoom: Math.min(12, Math.max(0.4, view.zoom * factor)) };
}

/** Right drag: to the right widens, downwards darkens (as in OHIF); faster the wider the window is. */
export function windowDragged(window: HuWindow, dx: number, dy: number): HuWindow {
  const huPx = Math.max(0.5, window.widthHu / 320);
  return {
    widthHu: Math.min(8000, Math.max(1, Math.round(window.widthHu + dx * huPx))),
    centreHu: Math.min(6000, Math.max(-3000, Math.round(window.centreHu + dy * huPx))),
  };
}

/** The crosshair moved within a pane by whole slices of the other two, along the screen's right and up. */
export function nudged(
  rasMm: Vec3,
  pane: SlicePane,
  state: ViewState,
  stacks: readonly SliceStack[],
  right: number,
  up: number,
): Vec3 {
  const basis = basisOf(pane, state.convention);
  const stepOf = (v: Vec3): number => stacks[v.findIndex((c) => c !== 0)]?.stepMm ?? 1;
  return addScaled(
    addScaled(rasMm, basis.right, right * stepOf(basis.right)),
    basis.up,
    up * stepOf(basis.up),
  );
}
