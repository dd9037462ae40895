import { gzipSync } from 'node:zlib';

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

/** The same noise on every machine: a small linear congruential generator. */
function noise(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
}

/** A trunk with a spine (cortex and marrow), ribs and a bright vessel in front of the spine. */
export function trunk(size: readonly [number, number, number] = [112, 96, 72]): Uint8Array {
  const [nx, ny] = size;
  const random = noise(7);
  return nifti(size, [2, 2, 2.5], (x, y, z) => {
    const dx = (x - nx / 2) * 2;
    const dy = (y - ny / 2) * 2;
    const grain = random() * 30;
    const body = Math.hypot(dx / 1.25, dy);
    if (body > 80) return -1000 + grain / 3;
    const spine = Math.hypot(dx, dy + 52);
    if (spine < 16) return grain + (spine > 12 ? 620 : 230);
    const isRib = (z + Math.round(Math.abs(dx) / 12)) % 11 < 4;
    if (body > 66 && body < 73 && isRib) return grain + (body > 68 && body < 71 ? 300 : 560);
    if (Math.hypot(dx - 4, dy + 22) < 9) return grain + 320;
    return 40 + grain;
  });
}

export function trunkGz(): Uint8Array {
  return gzipSync(trunk(), { level: 6 });
}
