import { describe, expect, test } from 'vitest';

import { sketch } from './measure-sketch.js';
import type { Projection } from './measure-sketch.js';

/** A coronal slice at A 10, 200 × 100 px, 2 px a mm, the patient's right on the left. */
const SLICE: Projection = {
  centreMm: [0, 10, 0],
  right: [-1, 0, 0],
  up: [0, 0, 1],
  mmPx: 0.5,
  width: 200,
  height: 100,
  slice: { axis: 1, atMm: 10, halfMm: 0.5 },
};
const distance = (a: readonly [number, number, number], b: readonly [number, number, number]) =>
  ({ id: 'x', kind: 'distance', pointsRasMm: [a, b] }) as const;

describe('measurements on a pane', () => {
  test('points land where the picture has them', () => {
    const drawn = sketch(distance([20, 10, 0], [-20, 10, 0]), '40.0 mm', SLICE);
    // R 20 is 40 px left of the middle; the line ends at the rings.
    expect(drawn?.lines).toContain('M63.5 50.0L136.5 50.0');
    expect(drawn?.rings).toContain('M56.5 50.0a3.5');
    expect(drawn?.label).toEqual({ x: 100, y: 34, text: '40.0 mm' });
    expect(drawn?.isAside).toBe(false);
  });

  test('a slice shows what it cuts, and says when there is more beside it', () => {
    expect(sketch(distance([0, 12, 0], [5, 11, 0]), '', SLICE)).toBeNull();
    expect(sketch(distance([0, 9, 0], [5, 12, 0]), '', SLICE)?.isAside).toBe(true);
    expect(sketch(distance([0, 10.4, 0], [5, 9.6, 0]), '', SLICE)?.isAside).toBe(false);
    expect(sketch(distance([0, 99, 0], [5, 98, 0]), '', { ...SLICE, slice: null })?.isAside).toBe(
      false,
    );
  });

  test('an angle has an arc and its number on the far side of the apex', () => {
    const points = [
      [0, 10, 20],
      [0, 10, 0],
      [-30, 10, 0],
    ] as const;
    const drawn = sketch({ id: null, kind: 'angle', pointsRasMm: points }, '90.0°', SLICE);
    expect(drawn?.lines).toContain('M100.0 30.0A20 20 0 0 1 120.0 50.0');
    expect(drawn?.label?.x).toBeLessThan(100);
    expect(drawn?.label?.y).toBeGreaterThan(50);
  });

  test('the number of a steep line stands beside it', () => {
    const drawn = sketch(distance([0, 10, 15], [0, 10, -15]), '30.0 mm', SLICE);
    expect(Math.abs((drawn?.label?.x ?? 100) - 100)).toBe(46);
    expect(drawn?.label?.y).toBe(50);
  });

  test('unfinished ones have no number; labels stay on the pane', () => {
    const first = { id: null, kind: 'angle', pointsRasMm: [[0, 10, 0]] } as const;
    expect(sketch(first, '', SLICE)).toMatchObject({ label: null });
    const far = sketch(distance([300, 10, 90], [260, 10, 90]), 'x', SLICE);
    expect(far?.label).toMatchObject({ x: 36, y: 14 });
  });

  test('points that fall together draw no NaN', () => {
    const same = sketch(distance([1, 10, 1], [1, 10, 1]), '0.0 mm', SLICE);
    expect(`${same?.lines}${same?.rings}`).not.toContain('NaN');
    const flat = [
      [5, 10, 0],
      [0, 10, 0],
      [-5, 10, 0],
    ] as const;
    const straight = sketch({ id: 'y', kind: 'angle', pointsRasMm: flat }, '180.0°', SLICE);
    expect(JSON.stringify(straight)).not.toContain('null');
  });
});
