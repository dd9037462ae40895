import { expect, test, vi } from 'vitest';

import { HounsfieldError } from './errors.js';
import type { Codecs, DecodeFrame, Formats, FormatsBuild } from './formats-core.js';
import { serveFormats } from './formats-host.js';
import type { FormatsCall, FromFormats, FromReader, ToFormats } from './formats-protocol.js';

const module = new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0));

/** A worker around readers and decoders of our own making. */
async function worker(plane: (k: number, decode: DecodeFrame) => unknown, codecs?: Codecs) {
  const said: FromFormats[] = [];
  let tell: (message: ToFormats) => void = () => undefined;
  class Files {
    readonly #names: string[];
    constructor(names: string[]) {
      this.#names = names;
    }
    scan(file: number): string {
      return file === 1 ? '[]' : `[{"name":"${this.#names[file]}"}]`;
    }
  }
  class PlaneReader {
    readonly #decode: DecodeFrame;
    constructor(_: Files, __: string, decode: DecodeFrame) {
      this.#decode = decode;
    }
    plane = (k: number): unknown => plane(k, this.#decode);
    name = (k: number): string => `IM${k}`;
    free = (): void => undefined;
  }
  const noteBroken = vi.fn(() => '{"noted":true}');
  const formats = { Files, PlaneReader, noteBroken } as unknown as Formats;
  const resetCodecs = vi.fn();
  const build: FormatsBuild = {
    formats: async () => ({ formats, module }),
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
  tell({ type: 'start', wasm: 'formats.wasm', files });
  await vi.waitFor(() => expect(said.at(-1)).toEqual({ type: 'started', module }));
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
    tell({ type: 'call', id: 99, name: 'read', args: { plan: '{}', port: port1 } });
    const ask = async (k: number): Promise<FromReader | undefined> => {
      const before = answers.length;
      port2.postMessage({ type: 'read', k });
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
  expect(noteBroken).toHaveBeenCalledWith('{}', expect.stringContaining('IM1'));
  await vi.waitFor(() => expect(said.at(-1)).toMatchObject({ type: 'done', id: 99 }));
});

test('a trap while a plane is read loses the worker', async () => {
  const { read, said } = await worker(() => {
    throw new WebAssembly.RuntimeError('unreachable');
  });
  const { port } = read();
  port.postMessage({ type: 'read', k: 0 });
  await vi.waitFor(() =>
    expect(said.at(-1)).toMatchObject({ type: 'lost', message: /unreachable/ }),
  );
});

test('a decoder that traps breaks one frame, and starts afresh', async () => {
  let calls = 0;
  const decodeFrame: DecodeFrame = () => {
    if (calls++ === 0) throw new WebAssembly.RuntimeError('unreachable');
    return Uint8Array.of(8);
  };
  const { call, read, resetCodecs } = await worker(
    (_, decode) => Int16Array.from(decode('"jpeg"', new Uint8Array(), '{}')),
    { decodeFrame },
  );
  await call(1, { name: 'codecs', args: { wasm: 'codecs.wasm' } });
  const { ask } = read();
  expect(await ask(0)).toMatchObject({ type: 'broken', error: { code: 'damaged' } });
  expect(resetCodecs).toHaveBeenCalledOnce();
  expect(await ask(1)).toEqual({ type: 'plane', k: 1, values: Int16Array.of(8) });
});
