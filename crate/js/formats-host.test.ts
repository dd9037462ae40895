import { expect, test, vi } from 'vitest';

import { HounsfieldError } from './errors.js';
import type { Codecs, DecodeFrame, Formats, FormatsBuild } from './formats-core.js';
import { serveFormats } from './formats-host.js';
import type {
  FormatsCall,
  FromFormats,
  FromReader,
  ToFormats,
  ToReader,
} from './formats-protocol.js';

const module = new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0));

const PLAN = '{"planes":[]}';

/** A worker around readers and decoders of our own making. */
async function worker(
  plane: (k: number, decode: DecodeFrame, room?: ArrayBuffer) => unknown,
  codecs?: Codecs,
) {
  const said: FromFormats[] = [];
  let tell: (message: ToFormats) => void = () => undefined;
  class Files {
    readonly #names: string[];
    constructor(names: string[]) {
      this.#names = names;
    }
    free(): void {}
    scan(file: number): string {
      return file === 1 ? '[]' : `[{"name":"${this.#names[file]}"}]`;
    }
  }
  class PlaneReader {
    readonly #decode: DecodeFrame;
    constructor(_: Files, __: string, decode: DecodeFrame) {
      this.#decode = decode;
    }
    plane = (k: number, room?: ArrayBuffer): unknown => plane(k, this.#decode, room);
    name = (k: number): string => `IM${k}`;
    free = (): void => undefined;
  }
  const noteBroken = vi.fn(() => '{"noted":true}');
  const formats = { Files, PlaneReader, noteBroken } as unknown as Formats;
  const resetCodecs = vi.fn();
  const build: FormatsBuild = {
    formats: async () => ({ formats, module, memory: new WebAssembly.Memory({ initial: 1 }) }),
    codecs: async () => ({ codecs: codecs ?? ({} as Codecs), module }),
    resetCodecs,
  };
  serveFormats(
    {
      post: (message) => said.push(message),
      listen: (handler) => {
        tell = handler;
      },
    },
    build,
  );
  const files = ['a', 'b', 'c'].map((name) => ({ name, data: new ArrayBuffer(1) }));
  tell({ type: 'start', wasm: 'formats.wasm' });
  await vi.waitFor(() => expect(said.at(-1)).toEqual({ type: 'started', module }));
  tell({ type: 'call', id: 98, name: 'files', args: { files } });
  const call = async (id: number, what: FormatsCall): Promise<FromFormats> => {
    tell({ type: 'call', id, ...what });
    return vi.waitFor(() => {
      const found = said.find((message) => 'id' in message && message.id === id);
      if (!found) throw new Error('not yet');
      return found;
    });
  };
  /** Opens a line, and asks over it. */
  const read = () => {
    const { port1, port2 } = new MessageChannel();
    const answers: FromReader[] = [];
    port2.onmessage = ({ data }: MessageEvent<FromReader>) => answers.push(data);
    tell({ type: 'call', id: 99, name: 'read', args: { plan: PLAN, port: port1 } });
    const ask = async (k: number, room: ArrayBuffer | null = null) => {
      const before = answers.length;
      port2.postMessage({ type: 'read', planes: [k] } satisfies ToReader);
      port2.postMessage({ type: 'more', room } satisfies ToReader);
      await vi.waitFor(() => expect(answers.length).toBeGreaterThan(before));
      return answers.at(-1);
    };
    return { port: port2, ask, answers };
  };
  return { said, call, read, noteBroken, resetCodecs };
}

test('items of several files are one list', async () => {
  const { call } = await worker(() => undefined);
  const found = await call(1, { name: 'scan', args: { first: 0, end: 3 } });
  expect(found).toMatchObject({ type: 'done', value: '[{"name":"a"},{"name":"c"}]' });
});

test('planes are read as they are asked for; one that fails says why', async () => {
  const { read, said, noteBroken } = await worker((k) => {
    if (k === 1) throw new HounsfieldError('damaged', 'the stream ends');
    return k === 2 ? undefined : Int16Array.of(k);
  });
  const { ask, port, answers } = read();
  expect(await ask(3)).toEqual({ type: 'plane', k: 3, values: Int16Array.of(3) });
  expect(await ask(1)).toMatchObject({
    type: 'broken',
    broken: { k: 1, name: 'IM1', reason: 'the stream ends' },
    error: { code: 'damaged' },
  });
  expect(await ask(2)).toEqual({ type: 'plane', k: 2, values: null });
  port.postMessage({ type: 'finish', broken: [{ k: 1, name: 'IM1', reason: 'the stream ends' }] });
  await vi.waitFor(() => expect(answers.at(-1)).toEqual({ type: 'info', info: '{"noted":true}' }));
  expect(noteBroken).toHaveBeenCalledWith(PLAN, expect.stringContaining('IM1'));
  await vi.waitFor(() => expect(said.at(-1)).toMatchObject({ type: 'done', id: 99 }));
});

test('a plane is sent when there is room for it, and in the memory of one before', async () => {
  const rooms: (ArrayBuffer | undefined)[] = [];
  const { read } = await worker((k, _, room) => {
    rooms.push(room);
    return Int16Array.of(k);
  });
  const { port, answers } = read();
  port.postMessage({ type: 'read', planes: [4, 2] } satisfies ToReader);
  port.postMessage({ type: 'more', room: null } satisfies ToReader);
  await vi.waitFor(() => expect(answers).toMatchObject([{ k: 4 }]));
  port.postMessage({ type: 'read', planes: [7] } satisfies ToReader);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(answers).toHaveLength(1);
  for (let n = 0; n < 2; n++) {
    port.postMessage({ type: 'more', room: new ArrayBuffer(2) } satisfies ToReader);
  }
  await vi.waitFor(() => expect(answers).toMatchObject([{ k: 4 }, { k: 2 }, { k: 7 }]));
  expect(rooms.map((room) => room?.byteLength)).toEqual([undefined, 2, 2]);
});

test('a worker that rests has forgotten its files, and says how large it is', async () => {
  const { call } = await worker(() => undefined);
  expect(await call(1, { name: 'rest', args: null })).toMatchObject({ value: 65536 });
  const scan = { name: 'scan', args: { first: 0, end: 1 } } as const;
  expect(await call(2, scan)).toMatchObject({ type: 'failed' });
});

test('a trap while a plane is read loses the worker', async () => {
  const { read, said } = await worker(() => {
    throw new WebAssembly.RuntimeError('unreachable');
  });
  const { port } = read();
  port.postMessage({ type: 'read', planes: [0] });
  port.postMessage({ type: 'more', room: null });
  await vi.waitFor(() =>
    expect(said.at(-1)).toMatchObject({ type: 'lost', message: /unreachable/ }),
  );
});

test('a decoder that traps breaks one frame, and starts afresh', async () => {
  let calls = 0;
  const free = vi.fn();
  const decodeFrame = () => {
    if (calls++ === 0) throw new WebAssembly.RuntimeError('unreachable');
    return { byteLength: 1, copyTo: (into: Uint8Array) => into.fill(6 + calls), free };
  };
  const rooms = new Set<ArrayBufferLike>();
  const decoded = (decode: DecodeFrame): Int16Array => {
    const samples = decode('"jpeg"', new Uint8Array(), '{}');
    rooms.add(samples.buffer);
    return Int16Array.from(samples);
  };
  const { call, read, resetCodecs } = await worker((_, decode) => decoded(decode), { decodeFrame });
  await call(1, { name: 'codecs', args: { wasm: 'codecs.wasm' } });
  const { ask } = read();
  expect(await ask(0)).toMatchObject({ type: 'broken', error: { code: 'damaged' } });
  expect(resetCodecs).toHaveBeenCalledOnce();
  expect(await ask(1)).toEqual({ type: 'plane', k: 1, values: Int16Array.of(8) });
  expect(await ask(2)).toEqual({ type: 'plane', k: 2, values: Int16Array.of(9) });
  expect([rooms.size, free.mock.calls.length]).toEqual([1, 2]);
});
