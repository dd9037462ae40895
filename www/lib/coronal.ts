import type { ScanInfo, Triple } from 'hounsfield';

import { rasOfVoxel, voxelAlong } from './grid.js';

/**
 * A coronal picture of a scan and its masks: the plane in which only Right and Superior change, also
 * where the scan's own grid lies askew. It is gathered slab by slab.
 */
export interface Coronal {
  /** Columns run to the patient's Right, rows upwards. */
  readonly width: number;
  readonly height: number;
  readonly pixelMm: number;
  readonly hu: Int16Array;
  /** 0, or 1 + the place of the mask among those given. */
  readonly labels: Uint8Array;
}

/** Where the pixels of a picture lie in the scan's grid. */
export interface CoronalPlan {
  readonly sizeVoxel: Triple;
  readonly width: number;
  readonly height: number;
  readonly pixelMm: number;
  /** Voxel indices of the first pixel, not rounded. */
  readonly origin: Triple;
  /** A column further, and a row further, in voxels. */
  readonly alongColumn: Triple;
  readonly alongRow: Triple;
  /** Slices that the picture touches. */
  readonly fromZ: number;
  readonly toZ: number;
}

/** A box of voxels: the lowest and the highest inside. */
export interface Box {
  readonly min: Triple;
  readonly max: Triple;
}

/** What is seen around the lungs: the chest wall beside them, a little above and below. */
const MARGIN_MM = { right: 40, superior: 20 } as const;
/** Beyond it nothing more is to be seen on paper. */
const MAX_PIXELS = 1024;
/** Outside the scan. */
const OUTSIDE_HU = -2048;

/** Through the row of voxels nearest to `centre`, as far as the box reaches and what is around it. */
export function planCoronal(
  {
    sizeVoxel,
    spacingMm,
    rasFromVoxel,
  }: Pick<ScanInfo, 'sizeVoxel' | 'spacingMm' | 'rasFromVoxel'>,
  box: Box,
  centreRasMm: Triple,
): CoronalPlan {
  const voxelAt = (rasMm: Triple): [number, number, number] => [
    voxelAlong(0, rasFromVoxel, rasMm),
    voxelAlong(1, rasFromVoxel, rasMm),
    voxelAlong(2, rasFromVoxel, rasMm),
  ];
  // On a grid that is not askew it then shows voxels, and nothing between two rows of them.
  const [i, j, k] = voxelAt(centreRasMm);
  const anterior = rasOfVoxel(rasFromVoxel, [i, Math.round(j), k])[1];
  const whole: Box = {
    min: [0, 0, 0],
    max: [sizeVoxel[0] - 1, sizeVoxel[1] - 1, sizeVoxel[2] - 1],
  };
  const [scan, lungs] = [whole, box].map((of) => rasExtent(rasFromVoxel, of));
  const from = (axis: 0 | 2, mm: number): number =>
    Math.max(scan?.min[axis] ?? 0, (lungs?.min[axis] ?? 0) - mm);
  const to = (axis: 0 | 2, mm: number): number =>
    Math.min(scan?.max[axis] ?? 0, (lungs?.max[axis] ?? 0) + mm);
  const right = [from(0, MARGIN_MM.right), to(0, MARGIN_MM.right)] as const;
  const superior = [from(2, MARGIN_MM.superior), to(2, MARGIN_MM.superior)] as const;
  const longest = Math.max(right[1] - right[0], superior[1] - superior[0]);
  const pixelMm = Math.max(Math.min(...spacingMm), longest / (MAX_PIXELS - 1));
  const [width = 1, height = 1] = [right, superior].map(
    ([low, high]) => 1 + Math.max(0, Math.floor((high - low) / pixelMm + 1e-6)),
  );
  const corner: Triple = [right[0], anterior, superior[0]];
  const origin = voxelAt(corner);
  const away = (rasMm: Triple): Triple => {
    const [x, y, z] = voxelAt(rasMm);
    return [x - origin[0], y - origin[1], z - origin[2]];
  };
  const alongColumn = away([corner[0] + pixelMm, anterior, corner[2]]);
  const alongRow = away([corner[0], anterior, corner[2] + pixelMm]);
  const corners = [0, width - 1].flatMap((column) =>
    [0, height - 1].map((row) => origin[2] + column * alongColumn[2] + row * alongRow[2]),
  );
  return {
    sizeVoxel,
    width,
    height,
    pixelMm,
    origin,
    alongColumn,
    alongRow,
    fromZ: Math.max(0, Math.floor(Math.min(...corners))),
    toZ: Math.min(sizeVoxel[2] - 1, Math.ceil(Math.max(...corners))),
  };
}

function rasExtent(rasFromVoxel: readonly number[], { min, max }: Box): Box {
  const corners = [min[0], max[0]].flatMap((x) =>
    [min[1], max[1]].flatMap((y) =>
      [min[2], max[2]].map((z) => rasOfVoxel(rasFromVoxel, [x, y, z])),
    ),
  );
  const each = (pick: (...numbers: number[]) => number): Triple => [
    pick(...corners.map(([r]) => r)),
    pick(...corners.map(([, a]) => a)),
    pick(...corners.map(([, , s]) => s)),
  ];
  return { min: each(Math.min), max: each(Math.max) };
}

/** Nothing yet. */
export function emptyCoronal({ width, height, pixelMm }: CoronalPlan): Coronal {
  const hu = new Int16Array(width * height).fill(OUTSIDE_HU);
  return { width, height, pixelMm, hu, labels: new Uint8Array(width * height) };
}

/** Slices [z0, z0 + n): HU with x fastest, and the bits of each mask, x-rows padded to whole words. */
export interface Slab {
  readonly z0: number;
  readonly n: number;
  readonly hu: Int16Array;
  readonly masks: readonly (Uint8Array | null)[];
}

/**
 * Puts in what a slab knows: HU by trilinear interpolation, labels of the nearest voxel, where masks
 * overlap the last one's. A slab knows what lies between its slices, so the next one begins with its last.
 */
export function addSlab(picture: Coronal, plan: CoronalPlan, slab: Slab): void {
  const { sizeVoxel, origin, alongColumn, alongRow } = plan;
  const [nx, ny] = sizeVoxel;
  const last = slab.z0 + slab.n - 1;
  const rowBytes = 8 * Math.ceil(nx / 64);
  const isInside = (bits: Uint8Array, x: number, y: number, z: number): boolean => {
    const byte = bits[((z - slab.z0) * ny + y) * rowBytes + (x >> 3)] ?? 0;
    return ((byte >> (x & 7)) & 1) === 1;
  };
  for (let row = 0; row < picture.height; row++) {
    for (let column = 0; column < picture.width; column++) {
      const along = (axis: 0 | 1 | 2): number =>
        snapped(origin[axis] + column * alongColumn[axis] + row * alongRow[axis]);
      const [x, y, z] = [along(0), along(1), along(2)];
      if (z < slab.z0 || z > last || x < 0 || x > nx - 1 || y < 0 || y > ny - 1) continue;
      const at = row * picture.width + column;
      picture.hu[at] = Math.round(between(slab, [nx, ny], x, y, z));
      const nearest = [Math.round(x), Math.round(y), Math.round(z)] as const;
      picture.labels[at] = 0;
      slab.masks.forEach((bits, k) => {
        if (bits && isInside(bits, ...nearest)) picture.labels[at] = k + 1;
      });
    }
  }
}

/** Rounding must not push a pixel that lies on a voxel out of the scan. */
function snapped(index: number): number {
  const whole = Math.round(index);
  return Math.abs(index - whole) < 1e-6 ? whole : index;
}

function between(
  { z0, n, hu }: Slab,
  [nx, ny]: readonly [number, number],
  x: number,
  y: number,
  z: number,
): number {
  const [x0, y0, k0] = [Math.floor(x), Math.floor(y), Math.floor(z)];
  let sum = 0;
  for (let corner = 0; corner < 8; corner++) {
    const [dx, dy, dz] = [corner & 1, (corner >> 1) & 1, corner >> 2];
    const share =
      (dx ? x - x0 : 1 - x + x0) * (dy ? y - y0 : 1 - y + y0) * (dz ? z - k0 : 1 - z + k0);
    if (share === 0) continue;
    const slice = Math.min(n - 1, k0 + dz - z0);
    sum += share * (hu[(slice * ny + y0 + dy) * nx + x0 + dx] ?? 0);
  }
  return sum;
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
  colours: readonly Triple[],
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
