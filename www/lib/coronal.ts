/** A coronal picture of a scan and its masks, gathered slice by slice. */

/** One row of every slice: columns run to the patient's Right, rows upwards. */
export interface Coronal {
  readonly width: number;
  readonly height: number;
  /** Distance of columns and of rows. */
  readonly spacingMm: readonly [number, number];
  readonly hu: Int16Array;
  /** 0, or 1 + the place of the mask among those given. */
  readonly labels: Uint8Array;
}

/** The row at `y` of each of a slab's slices. */
export function rowsOfSlab(
  slab: Int16Array,
  [nx, ny]: readonly [number, number],
  y: number,
): Int16Array {
  const slices = Math.floor(slab.length / (nx * ny));
  const rows = new Int16Array(slices * nx);
  for (let z = 0; z < slices; z++) {
    const from = (z * ny + y) * nx;
    rows.set(slab.subarray(from, from + nx), z * nx);
  }
  return rows;
}

/** The same of a mask's bits: x-rows padded to whole 8-byte words. Calls `mark` with each place inside. */
export function markRows(
  bits: Uint8Array,
  [nx, ny]: readonly [number, number],
  y: number,
  mark: (at: number) => void,
): void {
  const rowBytes = 8 * Math.ceil(nx / 64);
  const slices = Math.floor(bits.length / (rowBytes * ny));
  for (let z = 0; z < slices; z++) {
    const from = (z * ny + y) * rowBytes;
    for (let x = 0; x < nx; x++) {
      if (((bits[from + (x >> 3)] ?? 0) >> (x & 7)) & 1) mark(z * nx + x);
    }
  }
}

/** How strongly a mask's colour lies over the grey. */
const TINT = 0.35;

/**
 * Pixels for a canvas as radiologists look at it: the patient's right on the left, the head above.
 * `colours`: of the masks, red, green and blue.
 */
export function coronalPixels(
  { width, height, hu, labels }: Coronal,
  window: { readonly centreHu: number; readonly widthHu: number },
  colours: readonly (readonly [number, number, number])[],
): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(4 * width * height);
  const black = window.centreHu - window.widthHu / 2;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const from = (height - 1 - row) * width + (width - 1 - column);
      const grey = 255 * Math.min(1, Math.max(0, ((hu[from] ?? 0) - black) / window.widthHu));
      const tint = colours[(labels[from] ?? 0) - 1];
      const to = 4 * (row * width + column);
      for (let k = 0; k < 3; k++) {
        pixels[to + k] = tint ? (1 - TINT) * grey + TINT * (tint[k] ?? 0) : grey;
      }
      pixels[to + 3] = 255;
    }
  }
  return pixels;
}

/** "#5BC0EB" as red, green and blue. */
export function rgbOf(hex: string): readonly [number, number, number] {
  const value = Number.parseInt(hex.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}
