/** Distances and angles between points of the patient. Pure; how they are drawn is `measure-sketch.ts`. */
import { addScaled, cross, dot } from './affine.js';
import type { Vec3 } from './affine.js';

/** What can be measured. */
export type MeasureKind = 'distance' | 'angle';

/** A finished measurement. Points are RAS, mm: both ends of a distance; arm, apex, arm of an angle. */
export interface Measurement {
  readonly id: string;
  readonly kind: MeasureKind;
  readonly pointsRasMm: readonly Vec3[];
}

/** A {@link Measurement} with its number. */
export type Measured = Measurement &
  (
    | { readonly kind: 'distance'; readonly lengthMm: number }
    | { readonly kind: 'angle'; readonly angleDeg: number }
  );

/** How many points make one. */
export const POINTS_OF = { distance: 2, angle: 3 } as const satisfies Record<MeasureKind, number>;

/** The straight distance of two points. */
export function lengthMm(a: Vec3, b: Vec3): number {
  return Math.hypot(...addScaled(b, a, -1));
}

/** The angle at `apex` between the directions to `a` and `b`, 0 … 180; 0 where one of them is the apex. */
export function angleDeg(a: Vec3, apex: Vec3, b: Vec3): number {
  const u = addScaled(a, apex, -1);
  const v = addScaled(b, apex, -1);
  // Exact also near 0 and 180, where an arc cosine loses half its digits.
  return (Math.atan2(Math.hypot(...cross(u, v)), dot(u, v)) * 180) / Math.PI;
}

/** The number of a measurement. Missing points count as the last one there is. */
export function measured(measurement: Measurement): Measured {
  const [a = [0, 0, 0], b = a, c = b] = measurement.pointsRasMm;
  return measurement.kind === 'distance'
    ? { ...measurement, kind: 'distance', lengthMm: lengthMm(a, b) }
    : { ...measurement, kind: 'angle', angleDeg: angleDeg(a, b, c) };
}
