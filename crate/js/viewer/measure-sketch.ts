/** How measurements look on a pane: lines, rings and a number. Pure; millimetres in, CSS pixels out. */
import { addScaled, dot } from './affine.js';
import type { Vec3 } from './affine.js';
import type { Measurement } from './measure.js';

type Point = readonly [number, number];

/** A measurement as it lies on one pane. Pixels from the pane's upper left corner. */
export interface Sketch {
  /** `null`: it is being made. */
  readonly id: string | null;
  /** The lines, as SVG path data. */
  readonly lines: string;
  /** The rings around the points. */
  readonly rings: string;
  /** Some of it lies before or behind the slice. */
  readonly isAside: boolean;
  readonly label: { readonly x: number; readonly y: number; readonly text: string } | null;
}

/** Where points of the patient lie on a pane. */
export interface Projection {
  readonly centreMm: Vec3;
  /** Unit vectors, RAS. */
  readonly right: Vec3;
  readonly up: Vec3;
  readonly mmPx: number;
  readonly width: number;
  readonly height: number;
  /** The slice that is shown; `null` in 3D, where everything is. */
  readonly slice: {
    readonly axis: 0 | 1 | 2;
    readonly atMm: number;
    readonly halfMm: number;
  } | null;
}

const RING_PX = 3.5;
const ARC_PX = 20;
/** Half a label's width with what keeps it off the line, and its height. */
const LABEL_PX = { half: 46, high: 16 } as const;

/** Draws a measurement, or as much of it as there is; `null` where its points are all on one side of the slice. */
export function sketch(
  measurement: Omit<Measurement, 'id'> & { readonly id: string | null },
  text: string,
  onto: Projection,
): Sketch | null {
  const { pointsRasMm, kind, id } = measurement;
  const off = pointsRasMm.map((p) => (onto.slice ? p[onto.slice.axis] - onto.slice.atMm : 0));
  const half = onto.slice?.halfMm ?? Infinity;
  if (Math.min(...off) > half || Math.max(...off) < -half) return null;
  const points = pointsRasMm.map((p) => place(p, onto));
  const [a, b, c] = points;
  const curve = kind === 'angle' && a && b && c ? arc(a, b, c) : '';
  const at = kind === 'angle' ? a && b && c && besideApex(a, b, c) : a && b && besideLine(a, b);
  return {
    id,
    lines: straight(points) + curve,
    rings: points.map(ring).join(''),
    isAside: off.some((mm) => Math.abs(mm) > half),
    label: at ? { ...within(at, onto), text } : null,
  };
}

function place(rasMm: Vec3, { centreMm, right, up, mmPx, width, height }: Projection): Point {
  const off = addScaled(rasMm, centreMm, -1);
  return [width / 2 + dot(off, right) / mmPx, height / 2 - dot(off, up) / mmPx];
}

const pair = ([x, y]: Point): string => `${x.toFixed(1)} ${y.toFixed(1)}`;

/** From ring to ring, so that what lies under the points stays visible. */
function straight(points: readonly Point[]): string {
  return points
    .slice(1)
    .map((to, k) => {
      const from = points[k] ?? to;
      const [dx, dy] = unit(from, to);
      if (Math.hypot(to[0] - from[0], to[1] - from[1]) <= 2 * RING_PX) return '';
      return `M${pair(along(from, [dx, dy], RING_PX))}L${pair(along(to, [dx, dy], -RING_PX))}`;
    })
    .join('');
}

function ring([x, y]: Point): string {
  const d = 2 * RING_PX;
  return `M${pair([x - RING_PX, y])}a${RING_PX} ${RING_PX} 0 1 0 ${d} 0a${RING_PX} ${RING_PX} 0 1 0 ${-d} 0`;
}

function arc(a: Point, apex: Point, b: Point): string {
  const [u, v] = [unit(apex, a), unit(apex, b)];
  const sweep = u[0] * v[1] - u[1] * v[0] > 0 ? 1 : 0;
  return `M${pair(along(apex, u, ARC_PX))}A${ARC_PX} ${ARC_PX} 0 0 ${sweep} ${pair(along(apex, v, ARC_PX))}`;
}

/** Above the middle of a line, or beside a steep one, as far as the number is wide. */
function besideLine(a: Point, b: Point): Point {
  const [dx, dy] = unit(a, b);
  const normal: Point = dx < 0 ? [-dy, dx] : [dy, -dx];
  const px = Math.hypot(normal[0] * LABEL_PX.half, normal[1] * LABEL_PX.high);
  return along([(a[0] + b[0]) / 2, (a[1] + b[1]) / 2], normal, px);
}

/** On the far side of the apex. */
function besideApex(a: Point, apex: Point, b: Point): Point {
  const [u, v] = [unit(apex, a), unit(apex, b)];
  const middle = unit([0, 0], [u[0] + v[0], u[1] + v[1]]);
  return along(apex, middle[0] || middle[1] ? middle : [0, 1], -1.5 * LABEL_PX.high);
}

function within([x, y]: Point, { width, height }: Projection): { x: number; y: number } {
  const clamp = (value: number, margin: number, size: number): number =>
    Math.max(margin, Math.min(size - margin, value));
  return { x: clamp(x, 36, width), y: clamp(y, 14, height) };
}

function unit(a: Point, b: Point): Point {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const length = Math.hypot(dx, dy);
  return length > 1e-9 ? [dx / length, dy / length] : [0, 0];
}

function along([x, y]: Point, [dx, dy]: Point, px: number): Point {
  return [x + dx * px, y + dy * px];
}
