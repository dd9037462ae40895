import { describe, expect, test } from 'vitest';

import { angleDeg, lengthMm, measured } from './measure.js';

describe('measuring', () => {
  test('distances are straight and in mm', () => {
    expect(lengthMm([1, 2, 3], [1, 2, 3])).toBe(0);
    expect(lengthMm([0, 0, 0], [2, -3, 6])).toBe(7);
  });

  test('angles stand at the point in the middle', () => {
    expect(angleDeg([5, 0, 0], [0, 0, 0], [0, 0, 2])).toBeCloseTo(90, 12);
    expect(angleDeg([1, 0, 0], [0, 0, 0], [1, 1, 0])).toBeCloseTo(45, 12);
    expect(angleDeg([1, 0, 0], [0, 0, 0], [-7, 0, 0])).toBe(180);
    expect(angleDeg([1, 0, 0], [0, 0, 0], [1, 1e-9, 0])).toBeCloseTo(1e-9 * (180 / Math.PI), 15);
  });

  test('an arm of no length has no angle, and no NaN', () => {
    expect(angleDeg([1, 1, 1], [1, 1, 1], [4, 0, 0])).toBe(0);
  });

  test('the number comes with the measurement', () => {
    const pointsRasMm = [
      [0, 0, 0],
      [0, 3, 4],
      [0, 3, 0],
    ] as const;
    expect(measured({ id: 'a', kind: 'distance', pointsRasMm })).toMatchObject({ lengthMm: 5 });
    expect(measured({ id: 'a', kind: 'angle', pointsRasMm })).toMatchObject({
      angleDeg: expect.closeTo(36.8699, 4),
    });
  });
});
