import { crc32, deflateSync, inflateRawSync } from 'node:zlib';

/** Other kinds of files, made here. */

export interface NamedBytes {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A zip whose entries are stored as they are. */
export function zip(files: readonly NamedBytes[]): Uint8Array {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { name, bytes } of files) {
    const path = Buffer.from(name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0); // version needed
    common.writeUInt32LE(crc32(bytes), 10);
    common.writeUInt32LE(bytes.length, 14);
    common.writeUInt32LE(bytes.length, 18);
    common.writeUInt16LE(path.length, 22);
    const local = Buffer.concat([Buffer.from('PK\u0003\u0004'), common, path]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(at, 10);
    directory.push(Buffer.from('PK\u0001\u0002'), Buffer.of(20, 0), common, rest, path);
    parts.push(local, Buffer.from(bytes));
    at += local.length + bytes.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(files.length, 4);
  end.writeUInt16LE(files.length, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...parts, central, Buffer.from('PK\u0005\u0006'), end]);
}

/** An 8-bit grey PNG. */
export function png(
  size: readonly [number, number],
  grey: (x: number, y: number) => number,
): Uint8Array {
  return pngOf(size, 0, (x, y) => [grey(x, y)]);
}

/** A PNG of colours. */
export function colourPng(
  size: readonly [number, number],
  rgb: (x: number, y: number) => readonly [number, number, number],
): Uint8Array {
  return pngOf(size, 2, rgb);
}

function pngOf(
  [width, height]: readonly [number, number],
  colourType: 0 | 2,
  pixel: (x: number, y: number) => readonly number[],
): Uint8Array {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.writeUInt8(8, 8); // bits a sample
  head.writeUInt8(colourType, 9);
  const rows = Buffer.concat(
    Array.from({ length: height }, (_, y) => {
      const samples = Array.from({ length: width }, (_pixel, x) => pixel(x, y));
      return Buffer.from([0, ...samples.flat()]); // 0: no filter
    }),
  );
  return Buffer.concat([
    Buffer.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, body: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), body]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(body.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}

/** An attached NRRD of 16-bit voxels, x to the Left and y to the back as scanners like it. */
export function nrrd(
  size: readonly [number, number, number],
  spacingMm: readonly [number, number, number],
  hu: (x: number, y: number, z: number) => number,
): Uint8Array {
  const [nx, ny, nz] = size;
  const [sx, sy, sz] = spacingMm;
  const header = [
    'NRRD0004',
    'type: short',
    'dimension: 3',
    'space: left-posterior-superior',
    `sizes: ${size.join(' ')}`,
    `space directions: (${sx},0,0) (0,${sy},0) (0,0,${sz})`,
    'kinds: domain domain domain',
    'endian: little',
    'encoding: raw',
    'space origin: (0,0,0)',
    '',
    '',
  ].join('\n');
  const voxels = Buffer.alloc(2 * nx * ny * nz);
  let at = 0;
  for (let z = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      for (let x = 0; x < nx; x++, at += 2) voxels.writeInt16LE(Math.round(hu(x, y, z)), at);
    }
  }
  return Buffer.concat([Buffer.from(header), voxels]);
}

/** What is in a zip, by its paths: as its directory at the end says. */
export function unzip(bytes: Buffer): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  const end = bytes.lastIndexOf('PK\u0005\u0006');
  let at = bytes.readUInt32LE(end + 16);
  for (let n = bytes.readUInt16LE(end + 10); n > 0; n--) {
    const method = bytes.readUInt16LE(at + 10);
    const [packed, name] = [bytes.readUInt32LE(at + 20), bytes.readUInt16LE(at + 28)];
    const others = bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
    const local = bytes.readUInt32LE(at + 42);
    const from = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const body = bytes.subarray(from, from + packed);
    const path = bytes.toString('utf8', at + 46, at + 46 + name);
    files.set(path, method === 0 ? body : inflateRawSync(body));
    at += 46 + name + others;
  }
  return files;
}
