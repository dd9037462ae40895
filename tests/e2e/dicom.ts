/** DICOM files made here: explicit little endian, one slice each, nothing that is not needed. */

export interface Slice {
  readonly seriesUid: string;
  /** Names the file within its series, from 1. */
  readonly number: number;
  readonly description: string;
  readonly modality?: string;
  readonly columns: number;
  readonly rows: number;
  /** Of columns and of rows. */
  readonly spacingMm: readonly [across: number, down: number];
  /** Of the first pixel, in the patient's LPS. */
  readonly positionMm: readonly [number, number, number];
  readonly hu: (column: number, row: number) => number;
}

/** On screen nowhere; in the file, and in a segmentation that refers to it. */
export const PATIENT = { name: 'SECRET^PATIENT', id: 'ID-4711' } as const;

const CT = '1.2.840.10008.5.1.4.1.1.2';
const EXPLICIT_LITTLE = '1.2.840.10008.1.2.1';
const ROOT = '1.2.826.0.1.3680043.10.543';
const INTERCEPT = -1024;

/** Value representations with a length of four bytes. */
const LONG = ['OB', 'OW', 'SQ', 'UN', 'UT'];

function element(tag: number, vr: string, value: string | Uint8Array): Buffer {
  const raw = typeof value === 'string' ? Buffer.from(value, 'latin1') : Buffer.from(value);
  const filler = vr === 'UI' || vr === 'OB' ? 0 : 0x20;
  const body = raw.length % 2 === 0 ? raw : Buffer.concat([raw, Buffer.of(filler)]);
  const isLong = LONG.includes(vr);
  const head = Buffer.alloc(isLong ? 12 : 8);
  head.writeUInt16LE(tag >>> 16, 0);
  head.writeUInt16LE(tag & 0xffff, 2);
  head.write(vr, 4, 'latin1');
  if (isLong) head.writeUInt32LE(body.length, 8);
  else head.writeUInt16LE(body.length, 6);
  return Buffer.concat([head, body]);
}

function us(value: number): Uint8Array {
  return Uint8Array.of(value & 0xff, value >> 8);
}

export function dicom(slice: Slice): Uint8Array {
  const { columns, rows, seriesUid, number, spacingMm, positionMm } = slice;
  const instance = `${ROOT}.${seriesUid}.${number}`;
  const meta = Buffer.concat([
    element(0x00020001, 'OB', Uint8Array.of(0, 1)),
    element(0x00020002, 'UI', CT),
    element(0x00020003, 'UI', instance),
    element(0x00020010, 'UI', EXPLICIT_LITTLE),
    element(0x00020012, 'UI', `${ROOT}.1`),
  ]);
  const metaLength = Buffer.alloc(4);
  metaLength.writeUInt32LE(meta.length);
  const pixels = Buffer.alloc(2 * columns * rows);
  for (let row = 0, at = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, at += 2) {
      pixels.writeInt16LE(Math.round(slice.hu(column, row)) - INTERCEPT, at);
    }
  }
  return Buffer.concat([
    Buffer.alloc(128),
    Buffer.from('DICM', 'latin1'),
    element(0x00020000, 'UL', metaLength),
    meta,
    element(0x00080008, 'CS', 'ORIGINAL\\PRIMARY\\AXIAL'),
    element(0x00080016, 'UI', CT),
    element(0x00080018, 'UI', instance),
    element(0x00080020, 'DA', '20260101'),
    element(0x00080060, 'CS', slice.modality ?? 'CT'),
    element(0x0008103e, 'LO', slice.description),
    element(0x00100010, 'PN', PATIENT.name),
    element(0x00100020, 'LO', PATIENT.id),
    element(0x00180050, 'DS', '3'),
    element(0x0020000d, 'UI', `${ROOT}.2`),
    element(0x0020000e, 'UI', `${ROOT}.${seriesUid}`),
    element(0x00200011, 'IS', seriesUid),
    element(0x00200013, 'IS', String(number)),
    element(0x00200032, 'DS', positionMm.join('\\')),
    element(0x00200037, 'DS', '1\\0\\0\\0\\1\\0'),
    element(0x00200052, 'UI', `${ROOT}.3`),
    element(0x00280002, 'US', us(1)),
    element(0x00280004, 'CS', 'MONOCHROME2'),
    element(0x00280010, 'US', us(rows)),
    element(0x00280011, 'US', us(columns)),
    element(0x00280030, 'DS', `${spacingMm[1]}\\${spacingMm[0]}`),
    element(0x00280100, 'US', us(16)),
    element(0x00280101, 'US', us(16)),
    element(0x00280102, 'US', us(15)),
    element(0x00280103, 'US', us(1)),
    element(0x00281052, 'DS', String(INTERCEPT)),
    element(0x00281053, 'DS', '1'),
    element(0x00281054, 'LO', 'HU'),
    element(0x7fe00010, 'OW', pixels),
  ]);
}
