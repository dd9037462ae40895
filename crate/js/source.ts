import type { ByteSource } from './generated/single/hounsfield.js';

/** The part of `FileReaderSync` that is used; the page's types do not know it. */
interface SyncReader {
  readAsArrayBuffer(blob: Blob): ArrayBuffer;
}
declare const FileReaderSync: (new () => SyncReader) | undefined;

/**
 * A file that wasm can read at any place without waiting. Of a `Blob` only the piece asked for is
 * ever in memory; that needs `FileReaderSync`, which only workers have.
 */
export function byteSource(data: Blob | ArrayBuffer): ByteSource {
  if (data instanceof Blob) return new BlobSource(data);
  return {
    byteLength: data.byteLength,
    read: (offset, length) => new Uint8Array(data, offset, length),
  };
}

/**
 * A `Blob` as a source. Each synchronous read is a round trip to the browser's process, so whoever
 * knows what comes next reads it ahead (`ahead.ts`) and leaves it here for the time that it is needed.
 */
export class BlobSource implements ByteSource {
  readonly blob: Blob;
  readonly byteLength: number;
  /** What the file begins with, where that is in memory already. */
  front: Uint8Array<ArrayBuffer> | null = null;
  readonly #reader: SyncReader;

  constructor(blob: Blob) {
    if (typeof FileReaderSync === 'undefined') {
      throw new TypeError('files can only be read in a worker');
    }
    this.blob = blob;
    this.byteLength = blob.size;
    this.#reader = new FileReaderSync();
  }

  read(offset: number, length: number): Uint8Array {
    const end = offset + length;
    if (this.front && end <= this.front.length) return this.front.subarray(offset, end);
    return new Uint8Array(this.#reader.readAsArrayBuffer(this.blob.slice(offset, end)));
  }
}
