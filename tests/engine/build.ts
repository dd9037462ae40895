/** Small files of other formats, made here field by field, so that no test needs anybody's data. */

import { crc32, deflateSync } from 'node:zlib';

/** A file as it goes into a page. */
export interface Made {
  readonly name: string;
  readonly bytes: Uint8Array;
}

type Value = string | number | readonly number[] | Uint8Array;

/** One data element in explicit VR little endian (PS3.5 section 7.1.2). */
function element(tag: number, vr: string, value: Value): Uint8Array {
  const data = encoded(vr, value);
  const long = ['OB', 'OW', 'UN', 'SQ', 'UT'].includes(vr);
  const bytes = new Uint8Array((long ? 12 : 8) + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, tag >>> 16, true);
  view.setUint16(2, tag & 0xffff, true);
  bytes.set([vr.charCodeAt(0), vr.charCodeAt(1)], 4);
  if (long) view.setUint32(8, data.length, true);
  else view.setUint16(6, data.length, true);
  bytes.set(data, bytes.length - data.length);
  return bytes;
}

function encoded(vr: string, value: Value): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (vr === 'US') {
    return new Uint8Array(
      Uint16Array.from(typeof value === 'number' ? [value] : (value as number[])).buffer,
    );
  }
  if (vr === 'UL') return new Uint8Array(Uint32Array.of(Number(value)).buffer);
  const text = Array.isArray(value) ? value.join('\\') : String(value);
  const padded = text.length % 2 === 0 ? text : text + (vr === 'UI' ? '\0' : ' ');
  return new TextEncoder().encode(padded);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** A CT series: slices `size[2]` of `size[0]` × `size[1]` pixels. */
export interface Series {
  readonly size: readonly [number, number, number];
  readonly spacingMm: readonly [number, number, number];
  /** HU of column x, row y, slice z (0: lowest). */
  hu(x: number, y: number, z: number): number;
  /** Tells series apart. */
  readonly uid?: string;
  /** In its character set. */
  readonly description?: { readonly charset: string; readonly bytes: Uint8Array };
}

/** How a slice is compressed: a transfer syntax, and the frame in it. */
export interface Coded {
  readonly syntax: string;
  readonly frame: Uint8Array;
}

/** One slice of a series as a DICOM file. */
export function dicom(series: Series, z: number, coded?: Coded): Uint8Array {
  const {
    size: [nx, ny],
    spacingMm,
    hu,
    uid = '1.2.3',
    description = { charset: 'ISO_IR 192', bytes: new TextEncoder().encode('Built by a test ') },
  } = series;
  const pixels = new Int16Array(nx * ny);
  for (let y = 0; y < ny; y++) for (let x = 0; x < nx; x++) pixels[y * nx + x] = hu(x, y, z) + 1024;
  const [dx, dy, dz] = spacingMm;
  const ct = '1.2.840.10008.5.1.4.1.1.2';
  const instance = `${uid}.${z + 1}`;
  const meta = joined([
    element(0x00020001, 'OB', Uint8Array.of(0, 1)),
    element(0x00020002, 'UI', ct),
    element(0x00020003, 'UI', instance),
    element(0x00020010, 'UI', coded?.syntax ?? '1.2.840.10008.1.2.1'),
    element(0x00020012, 'UI', '1.2.3.4'),
  ]);
  return joined([
    new Uint8Array(128),
    new TextEncoder().encode('DICM'),
    element(0x00020000, 'UL', meta.length),
    meta,
    element(0x00080005, 'CS', description.charset),
    element(0x00080008, 'CS', 'ORIGINAL\\PRIMARY\\AXIAL'),
    element(0x00080016, 'UI', ct),
    element(0x00080018, 'UI', instance),
    element(0x00080020, 'DA', '20200101'),
    element(0x00080030, 'TM', '120000'),
    element(0x00080060, 'CS', 'CT'),
    element(0x0008103e, 'LO', description.bytes),
    element(0x00100010, 'PN', 'Nobody^Knows'),
    element(0x00100020, 'LO', 'SECRET-ID'),
    element(0x00180050, 'DS', dz),
    element(0x00185100, 'CS', 'HFS'),
    element(0x0020000d, 'UI', `${uid}.9000`),
    element(0x0020000e, 'UI', `${uid}.9001`),
    element(0x00200011, 'IS', 3),
    // Numbers run against positions: who sorts by them gets it upside down.
    element(0x00200013, 'IS', 1000 - z),
    element(0x00200032, 'DS', [-10, -20, -100 + z * dz]),
    element(0x00200037, 'DS', [1, 0, 0, 0, 1, 0]),
    element(0x00200052, 'UI', `${uid}.9002`),
    element(0x00280002, 'US', 1),
    element(0x00280004, 'CS', 'MONOCHROME2'),
    element(0x00280010, 'US', ny),
    element(0x00280011, 'US', nx),
    element(0x00280030, 'DS', [dy, dx]),
    element(0x00280100, 'US', 16),
    element(0x00280101, 'US', 16),
    element(0x00280102, 'US', 15),
    element(0x00280103, 'US', 1),
    element(0x00281052, 'DS', -1024),
    element(0x00281053, 'DS', 1),
    element(0x00281054, 'LO', 'HU'),
    coded ? encapsulated(coded.frame) : element(0x7fe00010, 'OW', new Uint8Array(pixels.buffer)),
  ]);
}

/** Pixel data of one frame in one fragment, without an offset table (PS3.5 section A.4). */
function encapsulated(frame: Uint8Array): Uint8Array {
  const item = (low: number, length: number): Uint8Array => {
    const bytes = new Uint8Array(8);
    const view = new DataView(bytes.buffer);
    view.setUint16(0, 0xfffe, true);
    view.setUint16(2, low, true);
    view.setUint32(4, length, true);
    return bytes;
  };
  const start = element(0x7fe00010, 'OB', new Uint8Array());
  start.fill(0xff, 8);
  const parts = [item(0xe000, 0), item(0xe000, frame.length), frame, item(0xe0dd, 0)];
  return joined([start, ...parts]);
}

/** All slices, in an order that says nothing. */
export function dicomSeries(series: Series, coded?: (z: number) => Coded | undefined): Made[] {
  const count = series.size[2];
  // Coprime steps visit every slice once.
  const step = [7, 11, 13].find((each) => count % each !== 0) ?? 1;
  return Array.from({ length: count }, (_, i) => {
    const z = (i * step) % count;
    return { name: `IM${String(i).padStart(4, '0')}`, bytes: dicom(series, z, coded?.(z)) };
  });
}

/** Its voxels in closest-RAS order: DICOM's x runs to the Left and its y to Posterior. */
export function closestRas({ size: [nx, ny, nz], hu }: Series): number[] {
  const values: number[] = [];
  for (let z = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      for (let x = 0; x < nx; x++) values.push(hu(nx - 1 - x, ny - 1 - y, z));
    }
  }
  return values;
}

/** A zip of files, each stored as it is (APPNOTE.TXT 6.3.9). */
export function zip(files: readonly Made[]): Uint8Array {
  const [parts, directory]: [Uint8Array[], Uint8Array[]] = [[], []];
  let at = 0;
  for (const { name, bytes } of files) {
    const label = new TextEncoder().encode(name);
    const common = new Uint8Array(26);
    const view = new DataView(common.buffer);
    view.setUint16(0, 20, true); // version needed
    view.setUint32(10, crc32(bytes), true);
    view.setUint32(14, bytes.length, true);
    view.setUint32(18, bytes.length, true);
    view.setUint16(22, label.length, true);
    const local = joined([Uint8Array.of(0x50, 0x4b, 3, 4), common, label, bytes]);
    const rest = new Uint8Array(14);
    new DataView(rest.buffer).setUint32(10, at, true);
    directory.push(joined([Uint8Array.of(0x50, 0x4b, 1, 2, 20, 0), common, rest, label]));
    parts.push(local);
    at += local.length;
  }
  const listed = joined(directory);
  const end = new Uint8Array(22);
  const view = new DataView(end.buffer);
  end.set([0x50, 0x4b, 5, 6]);
  view.setUint16(8, files.length, true);
  view.setUint16(10, files.length, true);
  view.setUint32(12, listed.length, true);
  view.setUint32(16, at, true);
  return joined([...parts, listed, end]);
}

/** A grey PNG of 8 or 16 bits. */
export function png(
  width: number,
  height: number,
  /** 24: colours, `0xRRGGBB`; else grey. */
  bits: 8 | 16 | 24,
  value: (x: number, y: number) => number,
): Uint8Array {
  const row = 1 + (width * bits) / 8;
  const raw = new Uint8Array(row * height);
  const view = new DataView(raw.buffer);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * row + 1 + (x * bits) / 8;
      if (bits === 8) raw[at] = value(x, y);
      else if (bits === 16) view.setUint16(at, value(x, y));
      else {
        view.setUint16(at, value(x, y) >> 8);
        raw[at + 2] = value(x, y);
      }
    }
  }
  const header = new Uint8Array(13);
  const head = new DataView(header.buffer);
  head.setUint32(0, width);
  head.setUint32(4, height);
  header[8] = bits === 24 ? 8 : bits;
  header[9] = bits === 24 ? 2 : 0;
  return joined([
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(raw)),
    chunk('IEND', new Uint8Array()),
  ]);
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(new TextEncoder().encode(type), 4);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}

/** An attached NRRD of `short` in the encoding raw, LPS. */
export function nrrd(
  size: readonly [number, number, number],
  spacingMm: readonly [number, number, number],
  values: Int16Array,
): Uint8Array {
  const [dx, dy, dz] = spacingMm;
  const lines = [
    'NRRD0004',
    'type: short',
    'dimension: 3',
    'space: left-posterior-superior',
    `sizes: ${size.join(' ')}`,
    `space directions: (${dx},0,0) (0,${dy},0) (0,0,${dz})`,
    'kinds: domain domain domain',
    'endian: little',
    'encoding: raw',
    'space origin: (0,0,0)',
  ];
  return joined([
    new TextEncoder().encode(`${lines.join('\n')}\n\n`),
    new Uint8Array(values.buffer),
  ]);
}

/** A NIfTI-1 file of 16-bit numbers, placed by its sform. */
export function nifti(
  size: readonly [number, number, number],
  rasFromVoxel: readonly (readonly number[])[],
  values: Int16Array,
): Uint8Array {
  const header = new Uint8Array(352);
  const view = new DataView(header.buffer);
  view.setInt32(0, 348, true);
  [3, ...size, 1, 1, 1, 1].forEach((n, k) => view.setInt16(40 + 2 * k, n, true));
  view.setInt16(70, 4, true);
  view.setInt16(72, 16, true);
  // The spacing is that of the sform: lengths of its columns.
  const spacing = [0, 1, 2].map((k) => Math.hypot(...rasFromVoxel.map((row) => row[k] ?? 0)));
  [1, ...spacing].forEach((mm, k) => view.setFloat32(76 + 4 * k, mm, true));
  view.setFloat32(108, 352, true);
  view.setFloat32(112, 1, true);
  view.setUint8(123, 2);
  view.setInt16(254, 1, true);
  rasFromVoxel.flat().forEach((entry, k) => view.setFloat32(280 + 4 * k, entry, true));
  header.set(new TextEncoder().encode('n+1\0'), 344);
  return joined([header, new Uint8Array(values.buffer)]);
}
