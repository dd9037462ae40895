/** Where a pane's pixels lie in the patient. Pure functions; the unit tests stand beside this file. */
import { addScaled, apply, applyLinear, columnOf, compose, dot, scaleShift } from './affine.js';
import type { Affine, Vec3 } from './affine.js';
import type { Convention, Letter, PaneView, SlicePane } from './types.js';

/** Unit vectors of a pane in RAS. */
export interface Basis {
  /** To the right on screen. */
  readonly right: Vec3;
  /** Up on screen. */
  readonly up: Vec3;
  /** The RAS axis that slices are stacked along: 0 R, 1 A, 2 S. */
  readonly axis: 0 | 1 | 2;
}

/** An axis-parallel box in RAS, mm. */
export interface BoxMm {
  readonly lo: Vec3;
  readonly hi: Vec3;
}

/** The slices of a pane: `count` planes, the first at `firstMm` along the pane's axis. */
export interface SliceStack {
  readonly firstMm: number;
  readonly stepMm: number;
  readonly count: number;
}

/** `voxel = origin + x · du + y · dv` for the pixel centre (x, y), counted from the pane's lower left corner. */
export interface PixelMap {
  readonly origin: Vec3;
  readonly du: Vec3;
  readonly dv: Vec3;
}

/**
 * The screen axes of a pane. Axial is seen from the feet and coronal from the front when radiological;
 * sagittal always has the face on the left, as on the light box.
 */
export function basisOf(pane: SlicePane, convention: Convention): Basis {
  const right: Vec3 = convention === 'radiological' ? [-1, 0, 0] : [1, 0, 0];
  switch (pane) {
    case 'axial':
      return { right, up: [0, 1, 0], axis: 2 };
    case 'coronal':
      return { right, up: [0, 0, 1], axis: 1 };
    case 'sagittal':
      return { right: [0, -1, 0], up: [0, 0, 1], axis: 0 };
  }
}

/** The letters of the body sides that a direction points to, the nearest first: `A`, or `LA` half way to the left. */
export function lettersOf(direction: Vec3): Letter[] {
  const sides = ['RL', 'AP', 'SI'] as const;
  const parts = direction.map(Math.abs);
  const nearest = Math.max(...parts);
  return [0, 1, 2]
    .filter((k) => (parts[k] ?? 0) > 0.38) // the sine of 22.5°, half way between one letter and two
    .reduce<number[]>((order, k) => (parts[k] === nearest ? [k, ...order] : [...order, k]), [])
    .map((k) => sides[k]?.[(direction[k] ?? 0) > 0 ? 0 : 1] as Letter);
}

/** The box around all voxels, borders included (half a voxel beyond the outer centres). */
export function boundsOf(rasFromVoxel: Affine, size: Vec3): BoxMm {
  return boxOf(rasFromVoxel, [-0.5, -0.5, -0.5], [size[0] - 0.5, size[1] - 0.5, size[2] - 0.5]);
}

function boxOf(a: Affine, from: Vec3, to: Vec3): BoxMm {
  const lo: [number, number, number] = [Infinity, Infinity, Infinity];
  const hi: [number, number, number] = [-Infinity, -Infinity, -Infinity];
  for (let corner = 0; corner < 8; corner++) {
    const p = apply(a, [
      corner & 1 ? to[0] : from[0],
      corner & 2 ? to[1] : from[1],
      corner & 4 ? to[2] : from[2],
    ]);
    for (const k of [0, 1, 2] as const) {
      lo[k] = Math.min(lo[k], p[k]);
      hi[k] = Math.max(hi[k], p[k]);
    }
  }
  return { lo, hi };
}

/**
 * The slices a wheel or a slider walks through. On a grid parallel to the axes these are exactly the voxel
 * planes; on a tilted one they are as far apart as the voxel axis closest to the pane's normal advances.
 */
export function stackOf(axis: 0 | 1 | 2, rasFromVoxel: Affine, size: Vec3): SliceStack {
  let stepMm = 0;
  for (const k of [0, 1, 2] as const)
    stepMm = Math.max(stepMm, Math.abs(columnOf(rasFromVoxel, k)[axis]));
  const centres = boxOf(rasFromVoxel, [0, 0, 0], [size[0] - 1, size[1] - 1, size[2] - 1]);
  const span = centres.hi[axis] - centres.lo[axis];
  return { firstMm: centres.lo[axis], stepMm, count: Math.max(1, Math.round(span / stepMm) + 1) };
}

/** The slice closest to a position, 0 … count − 1. */
export function sliceIndex(stack: SliceStack, positionMm: number): number {
  return Math.min(
    stack.count - 1,
    Math.max(0, Math.round((positionMm - stack.firstMm) / stack.stepMm)),
  );
}

/** Where slice `index` lies along the pane's axis, mm. */
export function slicePosition(stack: SliceStack, index: number): number {
  return stack.firstMm + index * stack.stepMm;
}

/** Millimetres per pixel that show the whole box in `width × height` pixels, divided by the zoom. */
export function mmPerPixel(
  basis: Basis,
  box: BoxMm,
  width: number,
  height: number,
  zoom: number,
): number {
  const extent: Vec3 = [box.hi[0] - box.lo[0], box.hi[1] - box.lo[1], box.hi[2] - box.lo[2]];
  const across = Math.abs(dot(basis.right, extent));
  const along = Math.abs(dot(basis.up, extent));
  return Math.max(across / Math.max(1, width), along / Math.max(1, height)) / zoom;
}

/** The RAS point in the middle of a pane: the box's centre, panned, on the plane of the crosshair. */
export function paneCentre(basis: Basis, box: BoxMm, view: PaneView, crosshairMm: Vec3): Vec3 {
  const middle: Vec3 = [
    (box.lo[0] + box.hi[0]) / 2,
    (box.lo[1] + box.hi[1]) / 2,
    (box.lo[2] + box.hi[2]) / 2,
  ];
  const panned = addScaled(addScaled(middle, basis.right, view.panMm[0]), basis.up, view.panMm[1]);
  return [
    basis.axis === 0 ? crosshairMm[0] : panned[0],
    basis.axis === 1 ? crosshairMm[1] : panned[1],
    basis.axis === 2 ? crosshairMm[2] : panned[2],
  ];
}

/** The RAS point under a position in the pane; `x` to the right, `y` **up**, pixels from the lower left corner. */
export function rasAtPixel(
  basis: Basis,
  centreMm: Vec3,
  mmPx: number,
  width: number,
  height: number,
  x: number,
  y: number,
): Vec3 {
  return addScaled(
    addScaled(centreMm, basis.right, (x - width / 2) * mmPx),
    basis.up,
    (y - height / 2) * mmPx,
  );
}

/** The pixel-to-voxel map that the slice shader evaluates; exact for oblique and sheared grids alike. */
export function pixelMap(
  basis: Basis,
  centreMm: Vec3,
  mmPx: number,
  width: number,
  height: number,
  voxelFromRas: Affine,
): PixelMap {
  return {
    origin: apply(voxelFromRas, rasAtPixel(basis, centreMm, mmPx, width, height, 0, 0)),
    du: applyLinear(voxelFromRas, addScaled([0, 0, 0], basis.right, mmPx)),
    dv: applyLinear(voxelFromRas, addScaled([0, 0, 0], basis.up, mmPx)),
  };
}

/** The affine of a grid that keeps every `step`-th voxel: kept voxels stay where they are. */
export function decimated(rasFromVoxel: Affine, step: Vec3): Affine {
  return compose(rasFromVoxel, scaleShift(step, [0, 0, 0]));
}

/** A round length (1, 2 or 5 · 10ⁿ mm) that is at most `maxPx` long, with its length in pixels. */
export function scaleBar(mmPerPx: number, maxPx: number): { mm: number; px: number } {
  const most = mmPerPx * maxPx;
  const decade = 10 ** Math.floor(Math.log10(most));
  const mm = most >= 5 * decade ? 5 * decade : most >= 2 * decade ? 2 * decade : decade;
  return { mm, px: mm / mmPerPx };
}

/** The length as people read it: `5 cm`, `20 mm`, `0.5 mm`. */
export function lengthText(mm: number): string {
  return mm >= 10 && mm % 10 === 0 ? `${mm / 10} cm` : `${Number(mm.toPrecision(2))} mm`;
}

/** A position along an axis as read aloud or aside: `S 12.5 mm`, `I 30.0 mm`. */
export function positionText(axis: 0 | 1 | 2, mm: number): string {
  const letters = (['RL', 'AP', 'SI'] as const)[axis];
  return `${mm < 0 ? letters[1] : letters[0]} ${Math.abs(mm).toFixed(1)} mm`;
}
