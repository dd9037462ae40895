import { describe, expect, test } from 'vitest';

import {
  affineFrom,
  apply,
  applyLinear,
  columnOf,
  compose,
  cross,
  determinant,
  invert,
  scaleShift,
  voxelAt,
} from './affine.js';
import type { Vec3 } from './affine.js';

const near = (a: Vec3, b: Vec3): void => a.forEach((v, k) => expect(v).toBeCloseTo(b[k] ?? NaN, 9));
const sheared = affineFrom([0.7, 0.2, -0.1, -120, 0.05, 0.8, 0.5, -80, 0, -0.3, 2.5, 40]);

describe('affine', () => {
  test('the inverse undoes points and directions', () => {
    const back = invert(sheared);
    for (const p of [
      [0, 0, 0],
      [1, 2, 3],
      [-400, 511.5, 9],
    ] as Vec3[]) {
      near(apply(back, apply(sheared, p)), p);
      near(applyLinear(back, applyLinear(sheared, p)), p);
    }
    expect(determinant(back)).toBeCloseTo(1 / determinant(sheared), 9);
  });

  test('compose is "after"', () => {
    const b = scaleShift([2, 3, 4], [5, 6, 7]);
    near(apply(compose(sheared, b), [1, 1, 1]), apply(sheared, apply(b, [1, 1, 1])));
  });

  test('columns are voxel steps', () => {
    near(columnOf(sheared, 2), [-0.1, 0.5, 2.5]);
    near(cross([1, 0, 0], [0, 1, 0]), [0, 0, 1]);
  });

  test('16 numbers do; wrong lengths, infinities and flat grids do not; tiny voxels are not flat', () => {
    expect(affineFrom([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1])).toHaveLength(12);
    expect(() => affineFrom([1, 2, 3])).toThrow('got 3');
    expect(() => affineFrom([1, 0, 0, NaN, 0, 1, 0, 0, 0, 0, 1, 0])).toThrow('finite');
    expect(() => affineFrom([1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 1, 0])).toThrow('singular');
    expect(determinant(affineFrom([1e-3, 0, 0, 0, 0, 1e-3, 0, 0, 0, 0, 1e-3, 0]))).toBeCloseTo(
      1e-9,
      15,
    );
  });

  test('a voxel is the box around its centre', () => {
    expect(voxelAt([-0.5, 0.49, 2], [4, 4, 3])).toEqual([0, 0, 2]);
    expect(voxelAt([-0.51, 0, 0], [4, 4, 3])).toBeNull();
    expect(voxelAt([3.5, 0, 0], [4, 4, 3])).toBeNull();
  });
});
