import { describe, expect, test } from 'vitest';

import { affineFrom, apply, invert } from './affine.js';
import type { Vec3 } from './affine.js';
import {
  basisOf,
  boundsOf,
  decimated,
  lengthText,
  lettersOf,
  mmPerPixel,
  paneCentre,
  pixelMap,
  positionText,
  rasAtPixel,
  scaleBar,
  sliceIndex,
  slicePosition,
  stackOf,
} from './planes.js';
import { SLICE_PANES } from './types.js';

const cos = Math.cos(Math.PI / 6),
  sin = Math.sin(Math.PI / 6);
const straight = affineFrom([0.7, 0, 0, -193, 0, 0.7, 0, -187, 0, 0, 2.5, -340]);
const oblique = affineFrom([1, 0, 0, -30, 0, cos, -sin, -15, 0, sin, cos, -40]);
const near = (a: Vec3, b: Vec3): void => a.forEach((v, k) => expect(v).toBeCloseTo(b[k] ?? NaN, 9));

describe('panes', () => {
  test("radiological: the patient's right is on the left; sagittal faces left either way", () => {
    expect(lettersOf(basisOf('axial', 'radiological').right)).toEqual(['L']);
    expect(lettersOf(basisOf('coronal', 'neurological').right)).toEqual(['R']);
    for (const convention of ['radiological', 'neurological'] as const) {
      expect(lettersOf(basisOf('sagittal', convention).right)).toEqual(['P']);
      expect(lettersOf(basisOf('axial', convention).up)).toEqual(['A']);
    }
  });

  test('bounds reach half a voxel beyond the outer centres', () => {
    const box = boundsOf(straight, [512, 512, 133]);
    near(box.lo, [-193.35, -187.35, -341.25]);
    near(box.hi, [-193 + 511.5 * 0.7, -187 + 511.5 * 0.7, -340 + 132.5 * 2.5]);
  });

  test('slices of a straight grid are its voxel planes', () => {
    const stack = stackOf(2, straight, [512, 512, 133]);
    expect(stack).toEqual({ firstMm: -340, stepMm: 2.5, count: 133 });
    expect(slicePosition(stack, 132)).toBe(-10);
    expect(sliceIndex(stack, -338.8)).toBe(0);
    expect(sliceIndex(stack, 99)).toBe(132);
  });

  test('slices of a tilted grid advance as its closest axis does, over the whole extent', () => {
    const stack = stackOf(2, oblique, [60, 60, 60]);
    expect(stack.stepMm).toBeCloseTo(cos, 12);
    expect(slicePosition(stack, stack.count - 1)).toBeGreaterThan(
      -40 + 59 * (sin + cos) - stack.stepMm,
    );
  });

  test.each(SLICE_PANES)(
    "%s: the pixel map is the affine's inverse along the plane, oblique or not",
    (pane) => {
      for (const rasFromVoxel of [straight, oblique]) {
        const basis = basisOf(pane, 'radiological');
        const box = boundsOf(rasFromVoxel, [60, 50, 40]);
        const centre = paneCentre(basis, box, { zoom: 2, panMm: [3, -4] }, [1, 2, 3]);
        expect(centre[basis.axis]).toBe([1, 2, 3][basis.axis]);
        const mmPx = mmPerPixel(basis, box, 200, 150, 2);
        const map = pixelMap(basis, centre, mmPx, 200, 150, invert(rasFromVoxel));
        for (const [x, y] of [
          [0, 0],
          [100, 75],
          [31.5, 140.5],
        ] as const) {
          const voxel: Vec3 = [0, 1, 2].map(
            (k) => (map.origin[k] ?? 0) + x * (map.du[k] ?? 0) + y * (map.dv[k] ?? 0),
          ) as unknown as Vec3;
          near(apply(rasFromVoxel, voxel), rasAtPixel(basis, centre, mmPx, 200, 150, x, y));
        }
      }
    },
  );

  test('a thinned grid keeps its voxels where they were', () => {
    near(apply(decimated(straight, [1, 1, 2]), [5, 6, 7]), apply(straight, [5, 6, 14]));
  });
});

describe('texts', () => {
  test('scale bars are round and fit', () => {
    expect(scaleBar(0.7, 100)).toEqual({ mm: 50, px: 50 / 0.7 });
    expect(scaleBar(0.01, 100).mm).toBe(1);
    expect([50, 20, 5, 0.5].map(lengthText)).toEqual(['5 cm', '2 cm', '5 mm', '0.5 mm']);
  });

  test('positions name the side', () => {
    expect(positionText(2, -175)).toBe('I 175.0 mm');
    expect(positionText(0, 0)).toBe('R 0.0 mm');
  });
});
