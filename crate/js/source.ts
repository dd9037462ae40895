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
  if (data instanceof ArrayBuffer) {
    return {
      byteLength: data.byteLength,
      read: (offset, length) => new Uint8Array(data, offset, length),
    };
  }
  if (typeof FileReaderSync === 'undefined') {
    throw new TypeError('files can only be read in a worker');
  }
  const reader = new FileReaderSync();
  return {
    byteLength: data.size,
    read: (offset, length) =>
      new Uint8Array(reader.readAsArrayBuffer(data.slice(offset, offset + length))),
  };
}
