import { describe, expect, it } from 'vitest';

import { coronalPixels, markRows, rgbOf, rowsOfSlab } from './coronal.js';

describe('the coronal picture', () => {
  it('takes one row of every slice', () => {
    const slab = Int16Array.from({ length: 3 * 2 * 2 }, (_, i) => i);
    expect([...rowsOfSlab(slab, [3, 2], 1)]).toEqual([3, 4, 5, 9, 10, 11]);
  });

  it('reads bits in rows of whole words', () => {
    const bits = new Uint8Array(2 * 2 * 16); // 65 voxels a row take two words
    bits[16 + 8] = 1; // z 0, y 1, x 64
    bits[32 + 16] = 0b100; // z 1, y 1, x 2
    bits[0] = 1; // z 0, y 0: another row
    const marked: number[] = [];
    markRows(bits, [65, 2], 1, (at) => marked.push(at));
    expect(marked).toEqual([64, 67]);
  });

  it('has the right of the patient on the left, and the head above', () => {
    const picture = {
      width: 2,
      height: 2,
      spacingMm: [1, 1],
      // Lower row, then upper row; x runs to the Right.
      hu: Int16Array.of(-100, 0, 100, 100),
      labels: Uint8Array.of(0, 0, 0, 1),
    } as const;
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

  it('reads colours', () => {
    expect(rgbOf('#5BC0EB')).toEqual([0x5b, 0xc0, 0xeb]);
  });
});
