import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';

import { dicom } from './dicom.js';
import type { Slice } from './dicom.js';
import type { NamedBytes } from './files.js';

/** Small scans made here, so that no test needs anybody's data. */

const HEADER_BYTES = 352;

/** NIfTI-1, int16, axis-aligned, x to the Left as scanners like it. */
export function nifti(
  size: readonly [number, number, number],
  spacingMm: readonly [number, number, number],
  hu: (x: number, y: number, z: number) => number,
): Uint8Array {
  const [nx, ny, nz] = size;
  const bytes = new Uint8Array(HEADER_BYTES + 2 * nx * ny * nz);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, 348, true);
  [3, nx, ny, nz, 1, 1, 1, 1].forEach((n, i) => view.setInt16(40 + 2 * i, n, true));
  view.setInt16(70, 4, true); // datatype: int16
  view.setInt16(72, 16, true); // bitpix
  [1, ...spacingMm, 0, 0, 0, 0].forEach((mm, i) => view.setFloat32(76 + 4 * i, mm, true));
  view.setFloat32(108, HEADER_BYTES, true); // vox_offset
  view.setFloat32(112, 1, true); // scl_slope
  view.setUint8(123, 2); // xyzt_units: mm
  view.setInt16(254, 1, true); // sform_code
  const [sx, sy, sz] = spacingMm;
  const rows = [
    [-sx, 0, 0, (nx * sx) / 2],
    [0, sy, 0, (-ny * sy) / 2],
    [0, 0, sz, 0],
  ];
  rows.flat().forEach((value, i) => view.setFloat32(280 + 4 * i, value, true));
  [0x6e, 0x2b, 0x31, 0].forEach((byte, i) => view.setUint8(344 + i, byte)); // "n+1"
  let at = HEADER_BYTES;
  for (let z = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      for (let x = 0; x < nx; x++, at += 2) view.setInt16(at, Math.round(hu(x, y, z)), true);
    }
  }
  return bytes;
}

/** The same scan as a header and an image file. */
export function pair(file: Uint8Array): readonly [header: Uint8Array, image: Uint8Array] {
  const header = file.slice(0, 348);
  const view = new DataView(header.buffer);
  view.setFloat32(108, 0, true); // vox_offset: the image holds voxels only
  view.setUint8(345, 0x69); // "ni1"
  return [header, file.slice(HEADER_BYTES)];
}

/** A chest with contrast in heart and aorta, drawn by the core's phantom: small, but a real task. */
export const CHEST = { name: 'chest.nii.gz', sizeVoxel: [160, 160, 96] } as const;

export const CHEST_SPACING_MM = [2.4, 2.4, 3] as const;

let voxels: Promise<Int16Array> | null = null;
let zipped: Promise<Uint8Array> | null = null;

/** HU of the chest, x to the Right, y to the front, z up; x fastest. */
export function chestVoxels(): Promise<Int16Array> {
  voxels ??= renderChest();
  return voxels;
}

export function chestGz(): Promise<Uint8Array> {
  zipped ??= zipChest();
  return zipped;
}

async function renderChest(): Promise<Int16Array> {
  // Loaded when needed: without wasm artifacts these tests are skipped with a word, not broken.
  const core = await import('../../crate/js/generated/phantom/hounsfield.js');
  const wasm = new URL('../../crate/js/generated/phantom/hounsfield_bg.wasm', import.meta.url);
  await core.default({ module_or_path: await readFile(wasm) });
  const spacingMm = CHEST_SPACING_MM;
  const options = JSON.stringify({ sizeVoxel: CHEST.sizeVoxel, spacingMm, seed: 3 });
  return core.Phantom.render(options, () => false).slab(0, CHEST.sizeVoxel[2]);
}

async function zipChest(): Promise<Uint8Array> {
  const hu = await chestVoxels();
  const [nx, ny] = CHEST.sizeVoxel;
  // The phantom's x runs to the Right, the file's to the Left.
  const file = nifti(CHEST.sizeVoxel, CHEST_SPACING_MM, (x, y, z) => {
    return hu[(z * ny + y) * nx + (nx - 1 - x)] ?? 0;
  });
  return gzipSync(file, { level: 6 });
}

/** The same chest as a scanner sends it: a file a slice, first slice at the feet. */
export async function chestDicom(): Promise<readonly NamedBytes[]> {
  const hu = await chestVoxels();
  const [nx, ny, nz] = CHEST.sizeVoxel;
  const [sx, sy, sz] = CHEST_SPACING_MM;
  return Array.from({ length: nz }, (_, z) => ({
    name: `IM${String(z + 1).padStart(4, '0')}`,
    bytes: dicom({
      seriesUid: '7',
      number: z + 1,
      description: 'Chest 3.0',
      columns: nx,
      rows: ny,
      spacingMm: [sx, sy],
      positionMm: [0, 0, z * sz],
      // Columns run to the Left, rows to the back.
      hu: (column, row) => hu[(z * ny + (ny - 1 - row)) * nx + (nx - 1 - column)] ?? 0,
    }),
  }));
}

/** A few slices of nothing much, to be picked or not. */
export function smallDicom(
  change: Partial<Slice> & Pick<Slice, 'seriesUid' | 'description'>,
  places: readonly number[],
  /** How far each slice lies behind the one below: a tilted gantry. */
  behindMm = 0,
): readonly NamedBytes[] {
  return places.map((place) => ({
    // Names that say nothing, and less about the order.
    name: `${change.seriesUid}-${(place * 7919) % 997}`,
    bytes: dicom({
      number: place + 1,
      columns: 32,
      rows: 24,
      spacingMm: [1.5, 2],
      positionMm: [-20, -30 + behindMm * place, 2.5 * place],
      hu: (column, row) => 10 * place + column + row,
      ...change,
    }),
  }));
}
