/** Small fixed-size linear algebra in RAS millimetres. Allocation is fine here: nothing below runs per pixel. */

/** Three numbers: a point or a direction. The name of the variable says in which frame and unit. */
export type Vec3 = readonly [number, number, number];

/** A checked 3×4 affine, row-major: `[m00 m01 m02 tx, m10 m11 m12 ty, m20 m21 m22 tz]`. */
export type Affine = readonly [
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
];

/**
 * Takes 12 (3×4) or 16 (4×4) row-major numbers.
 * @throws RangeError when the length is wrong, a number is not finite or the matrix has no inverse.
 */
export function affineFrom(numbers: readonly number[]): Affine {
  if (numbers.length !== 12 && numbers.length !== 16) {
    throw new RangeError(`an affine has 12 numbers (3×4, row-major), got ${numbers.length}`);
  }
  const affine = numbers.slice(0, 12) as unknown as Affine;
  if (!affine.every(Number.isFinite))
    throw new RangeError('an affine must hold finite numbers only');
  const size =
    Math.hypot(...columnOf(affine, 0)) *
    Math.hypot(...columnOf(affine, 1)) *
    Math.hypot(...columnOf(affine, 2));
  // Relative, because spacings of 0.05 mm are as legal as spacings of 10 mm.
  if (!(Math.abs(determinant(affine)) > 1e-6 * size)) {
    throw new RangeError('the affine is singular: its three voxel axes do not span space');
  }
  return affine;
}

/** The point `a · p`. */
export function apply(a: Affine, p: Vec3): Vec3 {
  return [
    a[0] * p[0] + a[1] * p[1] + a[2] * p[2] + a[3],
    a[4] * p[0] + a[5] * p[1] + a[6] * p[2] + a[7],
    a[8] * p[0] + a[9] * p[1] + a[10] * p[2] + a[11],
  ];
}

/** The direction `a · v`: the translation does not apply. */
export function applyLinear(a: Affine, v: Vec3): Vec3 {
  return [
    a[0] * v[0] + a[1] * v[1] + a[2] * v[2],
    a[4] * v[0] + a[5] * v[1] + a[6] * v[2],
    a[8] * v[0] + a[9] * v[1] + a[10] * v[2],
  ];
}

/** `a` after `b`: `apply(compose(a, b), p)` equals `apply(a, apply(b, p))`. */
export function compose(a: Affine, b: Affine): Affine {
  const x = applyLinear(a, columnOf(b, 0));
  const y = applyLinear(a, columnOf(b, 1));
  const z = applyLinear(a, columnOf(b, 2));
  const t = apply(a, [b[3], b[7], b[11]]);
  return [x[0], y[0], z[0], t[0], x[1], y[1], z[1], t[1], x[2], y[2], z[2], t[2]];
}

/** A scaling followed by a shift, per axis. */
export function scaleShift(scale: Vec3, shift: Vec3): Affine {
  return [scale[0], 0, 0, shift[0], 0, scale[1], 0, shift[1], 0, 0, scale[2], shift[2]];
}

/** The determinant of the linear part; for `rasFromVoxel` its absolute value is mm³ per voxel. */
export function determinant(a: Affine): number {
  return (
    a[0] * (a[5] * a[10] - a[6] * a[9]) -
    a[1] * (a[4] * a[10] - a[6] * a[8]) +
    a[2] * (a[4] * a[9] - a[5] * a[8])
  );
}

/** The inverse. Expects a checked affine ({@link affineFrom}), so it always exists. */
export function invert(a: Affine): Affine {
  const d = 1 / determinant(a);
  const m00 = (a[5] * a[10] - a[6] * a[9]) * d;
  const m01 = (a[2] * a[9] - a[1] * a[10]) * d;
  const m02 = (a[1] * a[6] - a[2] * a[5]) * d;
  const m10 = (a[6] * a[8] - a[4] * a[10]) * d;
  const m11 = (a[0] * a[10] - a[2] * a[8]) * d;
  const m12 = (a[2] * a[4] - a[0] * a[6]) * d;
  const m20 = (a[4] * a[9] - a[5] * a[8]) * d;
  const m21 = (a[1] * a[8] - a[0] * a[9]) * d;
  const m22 = (a[0] * a[5] - a[1] * a[4]) * d;
  return [
    m00,
    m01,
    m02,
    -(m00 * a[3] + m01 * a[7] + m02 * a[11]),
    m10,
    m11,
    m12,
    -(m10 * a[3] + m11 * a[7] + m12 * a[11]),
    m20,
    m21,
    m22,
    -(m20 * a[3] + m21 * a[7] + m22 * a[11]),
  ];
}

/** Column `k` of the linear part: for `rasFromVoxel`, one voxel step along axis `k`, in mm. */
export function columnOf(a: Affine, k: 0 | 1 | 2): Vec3 {
  return k === 0 ? [a[0], a[4], a[8]] : k === 1 ? [a[1], a[5], a[9]] : [a[2], a[6], a[10]];
}

/** `a + b · k`. */
export function addScaled(a: Vec3, b: Vec3, k: number): Vec3 {
  return [a[0] + b[0] * k, a[1] + b[1] * k, a[2] + b[2] * k];
}

/** The scalar product. */
export function dot(a: Vec3, b: Vec3): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/** The vector product. */
export function cross(a: Vec3, b: Vec3): Vec3 {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

/** The voxel whose box holds the (fractional) index, or `null` outside the grid. Voxel centres are integers. */
export function voxelAt(index: Vec3, size: Vec3): Vec3 | null {
  const x = Math.floor(index[0] + 0.5);
  const y = Math.floor(index[1] + 0.5);
  const z = Math.floor(index[2] + 0.5);
  const inside = x >= 0 && y >= 0 && z >= 0 && x < size[0] && y < size[1] && z < size[2];
  return inside ? [x, y, z] : null;
}
