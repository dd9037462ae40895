/**
 * Files that are read before wasm asks for them.
 *
 * Reading a `Blob` costs a round trip and fresh memory for each; a synchronous read has nothing else
 * done meanwhile. Many small files are read as one stream instead, into memory that is used again.
 */

import type { BlobSource } from './source.js';

type Bytes = Uint8Array<ArrayBuffer>;

/** Memory that is kept: no more is in use at once. */
const ROOMS = 2;

/** Memory of files that were read before. */
export class Rooms {
  readonly #free: ArrayBuffer[] = [];

  take(byteLength: number): ArrayBuffer {
    const k = this.#free.findIndex((room) => room.byteLength >= byteLength);
    const [room] = k < 0 ? [] : this.#free.splice(k, 1);
    if (room) return room;
    // None is large enough: the smallest makes way, and files that grow get a little more.
    this.#free.pop();
    return new ArrayBuffer(Math.ceil(byteLength * 1.1));
  }

  give(room: ArrayBuffer): void {
    if (this.#free.length < ROOMS) this.#free.push(room);
  }
}

/**
 * Streams that are being read. Whoever waits for a read is held by nothing but the stream, and the
 * stream by nothing but him: Chromium collects both as garbage, and the read never ends.
 */
const reading = new Set<Stream>();

/** Several blobs as one stream, each read in turn. */
export class Stream {
  readonly #blobs: readonly Blob[];
  readonly #rooms: Rooms;
  /** `null` where a browser cannot read files into given memory. */
  readonly #reader: ReadableStreamBYOBReader | null;
  #next = 0;
  #failed = false;

  constructor(blobs: readonly Blob[], rooms: Rooms) {
    this.#blobs = blobs;
    this.#rooms = rooms;
    this.#reader = byobReader(new Blob([...blobs]));
  }

  /** Gives back what the browser holds for it. */
  end(): void {
    this.#reader?.cancel().catch(() => undefined);
  }

  /** The next blob's bytes; `null` when they cannot be read this way. */
  async next(): Promise<Bytes | null> {
    const blob = this.#blobs[this.#next++];
    if (!blob || this.#failed) return null;
    reading.add(this);
    try {
      if (!this.#reader) return new Uint8Array(await blob.arrayBuffer());
      return await fill(this.#reader, this.#rooms.take(blob.size), blob.size);
    } catch {
      // One file that is gone ends the stream for all behind it; who reads it alone hears why.
      this.#failed = true;
      return null;
    } finally {
      reading.delete(this);
    }
  }
}

/** What files begin with, `bytes` of each at most: read at once, and left with them until forgotten. */
export async function readFronts(
  sources: readonly BlobSource[],
  bytes: number,
  rooms: Rooms,
): Promise<() => void> {
  const fronts = new Blob(sources.map(({ blob }) => blob.slice(0, bytes)));
  const stream = new Stream([fronts], rooms);
  const all = await stream.next();
  stream.end();
  if (!all) return () => undefined;
  let at = 0;
  for (const source of sources) {
    const length = Math.min(bytes, source.byteLength);
    source.front = all.subarray(at, at + length);
    at += length;
  }
  return () => {
    for (const source of sources) source.front = null;
    rooms.give(all.buffer);
  };
}

function byobReader(blob: Blob): ReadableStreamBYOBReader | null {
  try {
    return blob.stream().getReader({ mode: 'byob' });
  } catch {
    return null;
  }
}

async function fill(
  reader: ReadableStreamBYOBReader,
  room: ArrayBuffer,
  byteLength: number,
): Promise<Bytes> {
  let at = 0;
  while (at < byteLength) {
    const { value } = await reader.read(new Uint8Array(room, at, byteLength - at));
    if (!value || value.length === 0) throw new RangeError('the file became shorter');
    at += value.length;
    room = value.buffer;
  }
  return new Uint8Array(room, 0, byteLength);
}
