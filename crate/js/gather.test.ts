import { expect, test, vi } from 'vitest';

import type { Assembly, Instance } from './core.js';
import type { FromReader, ToReader } from './formats-protocol.js';
import { gather } from './gather.js';
import type { Context } from './performer.js';
import { Store } from './store.js';

/** A volume that remembers what was put, and an engine that makes it. */
function engine(cancelled = new AbortController()) {
  const [put, freed, reports] = [new Map<number, string>(), vi.fn(), [] as number[]];
  class Made {
    #wide = false;
    putI16(k: number, values: Int16Array): boolean {
      put.set(k, `i16 ${values.join()}`);
      return true;
    }
    putF32(k: number, values: Float32Array): boolean {
      const kept = this.#wide;
      if (!kept) put.clear();
      this.#wide = true;
      put.set(k, `f32 ${values.join()}`);
      return kept;
    }
    free = freed;
  }
  const context: Context = {
    instance: { core: { Assembly: Made as unknown as new () => Assembly } } as unknown as Instance,
    withPhantom: () => Promise.reject(new TypeError('no phantom here')),
    store: new Store(),
    onProgress: () => false,
    onReport: (_, fraction) => reports.push(fraction),
    cancelled: cancelled.signal,
    checkpoint: async () => undefined,
  };
  return { context, put, freed, reports, cancelled };
}

/** A worker at the other end of a port: answers when it is told to, in any order. */
function reader() {
  const { port1, port2 } = new MessageChannel();
  const asked: number[] = [];
  /** Planes it may send still, and the memory it was given for them. */
  const rooms: (number | null)[] = [];
  let finished: Extract<ToReader, { type: 'finish' }> | null = null;
  port1.onmessage = ({ data }: MessageEvent<ToReader>) => {
    if (data.type === 'read') asked.push(...data.planes);
    else if (data.type === 'more') rooms.push(data.room && data.room.byteLength);
    else {
      finished = data;
      say({ type: 'info', info: '{"format":"DICOM"}' });
    }
  };
  const say = (message: FromReader): void => port1.postMessage(message);
  const plane = (k: number): void => say({ type: 'plane', k, values: Int16Array.of(k, 7) });
  return { port: port2, asked, rooms, say, plane, finished: () => finished };
}

const planOf = (volumeBytes: number, sequential = false): string =>
  JSON.stringify({
    info: { volumeBytes, heldAs: 'i16' },
    fileSize: [1, 2, 7],
    rasFromFile: [],
    fill: 0,
    sequential,
  });
const plan = planOf(100);
const stream = planOf(100, true);
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));

test('a stream that is cut ends the call: half a scan must not look like a whole one', async () => {
  const { context, freed } = engine();
  const one = reader();
  const done = gather({ plan: stream, planes: [0, 1, 2, 3], ports: [one.port] }, context);
  await settled();
  one.plane(0);
  const error = {
    name: 'HounsfieldError',
    code: 'truncated',
    message: 'the file ends after 6 bytes',
  };
  one.say({ type: 'broken', broken: { k: 1, name: 'a.nrrd', reason: error.message }, error });
  await expect(done).rejects.toMatchObject({ code: 'truncated', message: error.message });
  expect(freed).toHaveBeenCalledOnce();
});

test('each worker may have three planes on their way; their memory comes back to it', async () => {
  const { context, put } = engine();
  const [quick, slow] = [reader(), reader()];
  const planes = [0, 1, 2, 3, 4, 5, 6];
  const done = gather({ plan, planes, ports: [quick.port, slow.port] }, context);
  await settled();
  expect([quick.rooms, slow.rooms]).toEqual([
    [null, null, null],
    [null, null, null],
  ]);
  // The next one is asked for already, so that its file can be read meanwhile.
  expect([quick.asked, slow.asked]).toEqual([
    [0, 2],
    [1, 3],
  ]);
  quick.plane(0);
  await settled();
  expect(quick.rooms).toEqual([null, null, null, 4]);
  expect(quick.asked).toEqual([0, 2, 4]);
  for (const k of [2, 4, 5, 6]) {
    quick.plane(k);
    await settled();
  }
  // The slow one keeps its own; the quick one gets all that is left.
  expect([quick.asked, slow.asked]).toEqual([
    [0, 2, 4, 5, 6],
    [1, 3],
  ]);
  for (const k of [1, 3]) slow.plane(k);
  expect((await done).info).toEqual({ format: 'DICOM' });
  expect(new Set(put.keys())).toEqual(new Set(planes));
});

test('many planes are asked for at a time, fewer towards the end', async () => {
  const { context } = engine();
  const one = reader();
  const planes = Array.from({ length: 40 }, (_, k) => k);
  const done = gather({ plan, planes, ports: [one.port] }, context);
  await settled();
  expect(one.asked).toHaveLength(10);
  for (let n = 0; n < 7; n++) one.plane(n);
  await settled();
  expect(one.asked).toHaveLength(18);
  for (let n = 7; n < 40; n++) one.plane(n);
  await done;
  expect(one.asked).toEqual(planes);
});

test('planes come as they are: whole numbers, fractions, or nothing', async () => {
  const { context, put, reports } = engine();
  const one = reader();
  const done = gather({ plan, planes: [0, 1, 2], ports: [one.port] }, context);
  one.plane(0);
  one.say({ type: 'plane', k: 1, values: Float32Array.of(0.5) });
  one.say({ type: 'plane', k: 2, values: null });
  // At the first fraction the volume began anew.
  await vi.waitFor(() => expect(one.asked).toEqual([0, 1, 2, 0]));
  one.plane(0);
  await done;
  expect([...put]).toEqual([
    [1, 'f32 0.5'],
    [0, 'i16 0,7'],
  ]);
  expect(Math.max(...reports)).toBe(1);
});

test('a broken plane is left out and named', async () => {
  const { context, put } = engine();
  const one = reader();
  const done = gather({ plan, planes: [0, 1, 2], ports: [one.port] }, context);
  const broken = { k: 1, name: 'IM1', reason: 'the stream ends' };
  one.say({ type: 'broken', broken, error: { code: 'damaged', message: 'the stream ends' } });
  for (const k of [0, 2]) one.plane(k);
  await done;
  expect(one.finished()?.broken).toEqual([broken]);
  expect([...put.keys()]).toEqual([0, 2]);
});

test('only when all planes are broken nothing opens', async () => {
  const { context, freed } = engine();
  const one = reader();
  const done = gather({ plan, planes: [0, 1], ports: [one.port] }, context);
  const error = { code: 'damaged', message: 'the stream ends' };
  for (const k of [0, 1]) {
    one.say({ type: 'broken', broken: { k, name: `IM${k}`, reason: error.message }, error });
  }
  await expect(done).rejects.toMatchObject({ code: 'damaged', message: /none of the 2 slices/ });
  expect(freed).toHaveBeenCalledOnce();
});

test('a cancel ends the waiting at once and gives the memory back', async () => {
  const { context, freed, cancelled, put } = engine();
  const one = reader();
  const done = gather({ plan, planes: [0, 1, 2], ports: [one.port] }, context);
  one.plane(0);
  await vi.waitFor(() => expect(put.size).toBe(1));
  cancelled.abort();
  await expect(done).rejects.toMatchObject({ code: 'stopped' });
  expect(freed).toHaveBeenCalledOnce();
  one.plane(1);
  await settled();
  expect([...put.keys()]).toEqual([0]);
});

test('what does not fit is refused before any plane is asked for', async () => {
  const { context } = engine();
  const one = reader();
  const huge = planOf(2 ** 40);
  const done = gather({ plan: huge, planes: [0], ports: [one.port] }, context);
  await expect(done).rejects.toMatchObject({ code: 'too_large' });
  await settled();
  expect(one.asked).toEqual([]);
});
