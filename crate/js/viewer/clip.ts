/** What the slice planes leave of the 3D pane: an axis-parallel box in RAS. Pure. */
import { addScaled, dot } from './affine.js';
import type { Vec3 } from './affine.js';
import type { BoxMm } from './planes.js';
import type { Letter } from './types.js';

/** Far beyond any patient, and still exact enough beside millimetres in 32 bits. */
const FAR_MM = 1e6;

const SIDES = {
  R: [0, 1],
  L: [0, -1],
  A: [1, 1],
  P: [1, -1],
  S: [2, 1],
  I: [2, -1],
} as const satisfies Record<Letter, readonly [0 | 1 | 2, 1 | -1]>;

/** A plane that something was cut off at. */
export interface CutPlane {
  readonly axis: 0 | 1 | 2;
  /** 1: what lay towards R, A or S is gone; −1: towards L, P or I. */
  readonly side: 1 | -1;
  readonly atMm: number;
}

/** The planes of the sides cut away at a crosshair, each once. */
export function cutPlanes(cutAway: readonly Letter[], crosshairMm: Vec3): CutPlane[] {
  return [...new Set(cutAway)].map((letter) => {
    const [axis, side] = SIDES[letter];
    return { axis, side, atMm: crosshairMm[axis] };
  });
}

/** What all these planes leave. Opposite sides of one plane leave nothing but the plane itself. */
export function keptBox(planes: readonly CutPlane[]): BoxMm {
  const lo: [number, number, number] = [-FAR_MM, -FAR_MM, -FAR_MM];
  const hi: [number, number, number] = [FAR_MM, FAR_MM, FAR_MM];
  for (const { axis, side, atMm } of planes) (side > 0 ? hi : lo)[axis] = atMm;
  return { lo, hi };
}

/** Whether the cut at this plane is seen by somebody who looks along `forward`. */
export function isCutSeen({ axis, side }: CutPlane, forward: Vec3): boolean {
  return forward[axis] * side < -1e-6;
}

/** The corners of a box's section by a plane, as a triangle strip. */
export function sectionOf(box: BoxMm, { axis, atMm }: CutPlane): Float32Array {
  const [u, v] = (
    [
      [1, 2],
      [2, 0],
      [0, 1],
    ] as const
  )[axis];
  const corners = new Float32Array(12);
  for (let k = 0; k < 4; k++) {
    corners[3 * k + axis] = atMm;
    corners[3 * k + u] = (k & 1 ? box.hi : box.lo)[u];
    corners[3 * k + v] = (k & 2 ? box.hi : box.lo)[v];
  }
  return corners;
}

/** The farthest that a box reaches from a point along either direction of `forward`, mm. */
export function reachOf(box: BoxMm, centreMm: Vec3, forward: Vec3): number {
  const middle: Vec3 = [
    (box.lo[0] + box.hi[0]) / 2,
    (box.lo[1] + box.hi[1]) / 2,
    (box.lo[2] + box.hi[2]) / 2,
  ];
  const half =
    (Math.abs(forward[0]) * (box.hi[0] - box.lo[0]) +
      Math.abs(forward[1]) * (box.hi[1] - box.lo[1]) +
      Math.abs(forward[2]) * (box.hi[2] - box.lo[2])) /
    2;
  return Math.abs(dot(addScaled(middle, centreMm, -1), forward)) + half;
}

/** The box around boxes, of which there is at least one. */
export function unionOf(boxes: readonly BoxMm[]): BoxMm {
  const most = (k: 0 | 1 | 2): number => Math.max(...boxes.map(({ hi }) => hi[k]));
  const least = (k: 0 | 1 | 2): number => Math.min(...boxes.map(({ lo }) => lo[k]));
  return { lo: [least(0), least(1), least(2)], hi: [most(0), most(1), most(2)] };
}

/** mm³. */
export function volumeOf({ lo, hi }: BoxMm): number {
  return (hi[0] - lo[0]) * (hi[1] - lo[1]) * (hi[2] - lo[2]);
}
