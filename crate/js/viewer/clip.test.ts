import { describe, expect, test } from 'vitest';

import { cutPlanes, isCutSeen, keptBox, reachOf, sectionOf, unionOf, volumeOf } from './clip.js';

const at = [10, 20, 30] as const;

describe('cutting away', () => {
  test('each side takes its own half', () => {
    const box = keptBox(cutPlanes(['A', 'L'], at));
    expect(box.hi).toEqual([1e6, 20, 1e6]);
    expect(box.lo).toEqual([10, -1e6, -1e6]);
    expect(keptBox([])).toEqual({ lo: [-1e6, -1e6, -1e6], hi: [1e6, 1e6, 1e6] });
  });

  test('a side named twice is one plane', () => {
    expect(cutPlanes(['S', 'S'], at)).toEqual([{ axis: 2, side: 1, atMm: 30 }]);
  });

  test('a cut is seen from the side that is gone', () => {
    const [front] = cutPlanes(['A'], at);
    if (!front) throw new Error('no plane');
    expect(isCutSeen(front, [0, -1, 0])).toBe(true); // looks at the face
    expect(isCutSeen(front, [0, 1, 0])).toBe(false);
    expect(isCutSeen(front, [1, 0, 0])).toBe(false);
  });

  test('the section of a box lies in the plane and spans the box', () => {
    const box = { lo: [0, 0, 0], hi: [4, 50, 6] } as const;
    expect([...sectionOf(box, { axis: 1, side: 1, atMm: 20 })]).toEqual([
      0, 20, 0, 0, 20, 6, 4, 20, 0, 4, 20, 6,
    ]);
  });

  test('the box around boxes', () => {
    const [a, b] = [
      { lo: [0, 0, 0], hi: [1, 2, 3] },
      { lo: [-4, 1, 1], hi: [0, 1, 9] },
    ] as const;
    expect(unionOf([a, b])).toEqual({ lo: [-4, 0, 0], hi: [1, 2, 9] });
    expect(volumeOf(a)).toBe(6);
  });

  test('the reach covers the far side of a box that lies elsewhere', () => {
    const box = { lo: [90, -1, -1], hi: [110, 1, 1] } as const;
    expect(reachOf(box, [0, 0, 0], [1, 0, 0])).toBe(110);
    expect(reachOf(box, [0, 0, 0], [0, 1, 0])).toBe(1);
  });
});
