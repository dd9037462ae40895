import { describe, expect, it } from 'vitest';

import { addSlab, coronalPixels, emptyCoronal, planCoronal } from './coronal.js';
import type { Coronal, CoronalPlan } from './coronal.js';
import { rasOfVoxel } from './grid.js';

/** HU of a place, so that every pixel can be asked where it lies. Linear: interpolation is exact. */
const huAt = ([r, a, s]: readonly number[]): number => 7 * (r ?? 0) + 3 * (a ?? 0) - 5 * (s ?? 0);

const SIZE = [70, 9, 12] as const;

/** The picture of a scan of {@link huAt} whose mask is what lies to the Right of 10 mm. */
function pictureOf(
  rasFromVoxel: readonly number[],
  spacingMm: readonly [number, number, number],
): { readonly plan: CoronalPlan; readonly picture: Coronal } {
  const [nx, ny, nz] = SIZE;
  const info = { sizeVoxel: SIZE, spacingMm, rasFromVoxel };
  const box = { min: [10, 2, 3], max: [60, 7, 9] } as const;
  const plan = planCoronal(info, box, rasOfVoxel(rasFromVoxel, [35.2, 4.3, 6]));
  const picture = emptyCoronal(plan);
  const rowBytes = 16;
  for (let z0 = plan.fromZ; z0 < plan.toZ; z0 += 2) {
    const n = Math.min(3, nz - z0);
    const hu = new Int16Array(nx * ny * n);
    const bits = new Uint8Array(rowBytes * ny * n);
    for (let z = 0; z < n; z++) {
      for (let y = 0; y < ny; y++) {
        for (let x = 0; x < nx; x++) {
          const ras = rasOfVoxel(rasFromVoxel, [x, y, z0 + z]);
          hu[(z * ny + y) * nx + x] = Math.round(huAt(ras));
          const byte = (z * ny + y) * rowBytes + (x >> 3);
          if (ras[0] > 10) bits[byte] = (bits[byte] ?? 0) | (1 << (x & 7));
        }
      }
    }
    addSlab(picture, plan, { z0, n, hu, masks: [null, bits] });
  }
  return { plan, picture };
}

function rasOfPixel(
  plan: CoronalPlan,
  rasFromVoxel: readonly number[],
  column: number,
  row: number,
): [number, number, number] {
  const at = (axis: 0 | 1 | 2): number =>
    plan.origin[axis] + column * plan.alongColumn[axis] + row * plan.alongRow[axis];
  return rasOfVoxel(rasFromVoxel, [at(0), at(1), at(2)]);
}

const STRAIGHT = [1, 0, 0, -30, 0, 2, 0, 5, 0, 0, 2.5, 100];
// Turned by 20° around the long axis and nodding by 10°: no row of voxels is coronal.
const ASKEW = (() => {
  const [c, s, d, t] = [Math.cos(0.35), Math.sin(0.35), Math.cos(0.17), Math.sin(0.17)];
  const turn = [
    [c, -s * d, s * t],
    [s, c * d, -c * t],
    [0, t, d],
  ];
  return turn.flatMap(([x = 0, y = 0, z = 0], r) => [x, 2 * y, 2.5 * z, [-30, 5, 100][r] ?? 0]);
})();

describe('the coronal picture', () => {
  it.each([
    { grid: 'straight', rasFromVoxel: STRAIGHT },
    { grid: 'askew', rasFromVoxel: ASKEW },
  ])('lies in one coronal plane of a grid that is $grid', ({ rasFromVoxel }) => {
    const { plan, picture } = pictureOf(rasFromVoxel, [1, 2, 2.5]);
    const [first, right, up] = [
      rasOfPixel(plan, rasFromVoxel, 0, 0),
      rasOfPixel(plan, rasFromVoxel, 1, 0),
      rasOfPixel(plan, rasFromVoxel, 0, 1),
    ];
    expect(right.map((mm, k) => mm - (first[k] ?? 0))).toEqual([1, 0, 0].map(near));
    expect(up.map((mm, k) => mm - (first[k] ?? 0))).toEqual([0, 0, 1].map(near));
    let inside = 0;
    for (let row = 0; row < picture.height; row++) {
      for (let column = 0; column < picture.width; column++) {
        const at = row * picture.width + column;
        const hu = picture.hu[at] ?? 0;
        if (hu === -2048) continue;
        inside += 1;
        const ras = rasOfPixel(plan, rasFromVoxel, column, row);
        // Voxels were rounded, and so is the pixel.
        expect(Math.abs(hu - huAt(ras))).toBeLessThanOrEqual(1);
        // Labels are of the nearest voxel, at most half its diagonal away.
        if (Math.abs(ras[0] - 10) > 1.7) expect(picture.labels[at]).toBe(ras[0] > 10 ? 2 : 0);
      }
    }
    expect(inside / (picture.width * picture.height)).toBeGreaterThan(
      rasFromVoxel === STRAIGHT ? 0.999 : 0.3,
    );
  });

  it('shows the voxels of one row where the grid is straight', () => {
    const { plan, picture } = pictureOf(STRAIGHT, [1, 2, 2.5]);
    expect(plan.origin[1]).toBeCloseTo(4, 9);
    const [row, column] = [0, 3];
    const ras = rasOfPixel(plan, STRAIGHT, column, row);
    expect(picture.hu[column]).toBe(Math.round(huAt(ras)));
  });

  it('has the right of the patient on the left, and the head above', () => {
    const picture: Coronal = {
      width: 2,
      height: 2,
      pixelMm: 1,
      // Lower row, then upper row; x runs to the Right.
      hu: Int16Array.of(-100, 0, 100, 100),
      labels: Uint8Array.of(0, 0, 0, 1),
    };
    const pixels = coronalPixels(picture, { centreHu: 0, widthHu: 200 }, [[255, 0, 0]]);
    const at = (row: number, column: number): number[] => {
      const from = 4 * (2 * row + column);
      return Array.from(pixels.subarray(from, from + 3));
    };
    expect(at(0, 0)).toEqual([255, 166, 166]); // upper, Right: white under red
    expect(at(0, 1)).toEqual([255, 255, 255]);
    expect(at(1, 0)).toEqual([128, 128, 128]);
    expect(at(1, 1)).toEqual([0, 0, 0]);
  });
});

function near(mm: number): unknown {
  return expect.closeTo(mm, 9);
}
