import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { Rooms, Stream, readFronts } from './ahead.js';
import type { FromReader, ToReader } from './formats-protocol.js';
import { answer } from './planes.js';
import { BlobSource } from './source.js';

/** Reads that were not foreseen. */
let sync: number[] = [];

beforeEach(() => {
  sync = [];
  class Reader {
    readAsArrayBuffer(blob: Blob): ArrayBuffer {
      sync.push(blob.size);
      return new ArrayBuffer(blob.size);
    }
  }
  vi.stubGlobal('FileReaderSync', Reader);
});
afterEach(() => void vi.unstubAllGlobals());

const source = (text: string): BlobSource => new BlobSource(new Blob([text]));
const text = (bytes: Uint8Array | null): string | null => bytes && new TextDecoder().decode(bytes);

test('what files begin with is read at once, and left with them until it is forgotten', async () => {
  const sources = [source('abcdef'), source('xy'), source('')];
  const forget = await readFronts(sources, 4, new Rooms());
  expect(sources.map(({ front }) => text(front))).toEqual(['abcd', 'xy', '']);
  expect(text(sources[0]?.read(1, 3) ?? null)).toBe('bcd');
  expect(sync).toEqual([]);
  // Beyond its front a file is read as if there were none.
  sources[0]?.read(3, 2);
  expect(sync).toEqual([2]);
  forget();
  expect(sources.map(({ front }) => front)).toEqual([null, null, null]);
});

test('blobs are read one after another, into memory that is used again', async () => {
  const rooms = new Rooms();
  const stream = new Stream([new Blob(['abc']), new Blob(['defgh']), new Blob(['i'])], rooms);
  const first = await stream.next();
  expect(text(first)).toBe('abc');
  if (first) rooms.give(first.buffer);
  const second = await stream.next();
  expect(text(second)).toBe('defgh');
  const size = second?.buffer.byteLength;
  if (second) rooms.give(second.buffer);
  const third = await stream.next();
  expect(text(third)).toBe('i');
  expect(third?.buffer.byteLength).toBe(size);
  expect(await stream.next()).toBe(null);
});

test('a file that cannot be read ends the reading ahead, and nothing else', async () => {
  const gone = new Blob(['gone']);
  vi.spyOn(Blob.prototype, 'stream').mockImplementation(() => {
    throw new TypeError('no byte streams');
  });
  gone.arrayBuffer = () => Promise.reject(new DOMException('it is gone', 'NotReadableError'));
  const stream = new Stream([new Blob(['a']), gone, new Blob(['b'])], new Rooms());
  expect(text(await stream.next())).toBe('a');
  expect(await stream.next()).toBe(null);
  expect(await stream.next()).toBe(null);
  vi.restoreAllMocks();
});

test('the files of a plane, and no others, are in memory while it is read', async () => {
  const large = new BlobSource(new Blob([new Uint8Array(5 << 20)]));
  const sources = [source('zero'), source('one'), source('two'), large];
  const inMemory: unknown[] = [];
  const { port1, port2 } = new MessageChannel();
  const said: FromReader[] = [];
  port2.onmessage = ({ data }: MessageEvent<FromReader>) => said.push(data);
  const part = (file: number, entry: number | null = null) => ({ place: { file, entry } });
  const done = answer(port1, {
    reader: {
      plane: () => {
        inMemory.push(sources.map(({ front }) => text(front)));
        return undefined;
      },
      name: () => '',
      free: () => undefined,
    } as never,
    plan: {
      // A plane between two slices; an archive's entry; a file that is read by pieces; none.
      planes: [
        { parts: [part(2)] },
        { parts: [part(2), part(0)] },
        { parts: [part(0)] },
        { parts: [part(1, 7)] },
        { parts: [part(3)] },
        {},
        { parts: [part(1)] },
      ],
    },
    sources,
    info: () => '{}',
  });
  const tell = (message: ToReader): void => port2.postMessage(message);
  for (let n = 0; n < 7; n++) tell({ type: 'more', room: null });
  tell({ type: 'read', planes: [0, 1, 2, 3, 4] });
  tell({ type: 'read', planes: [5, 6] });
  await vi.waitFor(() => expect(said).toHaveLength(7));
  expect(inMemory).toEqual([
    [null, null, 'two', null],
    ['zero', null, 'two', null],
    ['zero', null, null, null],
    [null, null, null, null],
    [null, null, null, null],
    [null, null, null, null],
    [null, 'one', null, null],
  ]);
  tell({ type: 'finish', broken: [] });
  await done;
  expect(sources.every(({ front }) => front === null)).toBe(true);
  expect(sync).toEqual([]);
});
