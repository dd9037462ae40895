import { expect, test, vi } from 'vitest';

import type { FromFormats, ToFormats } from './formats-protocol.js';
import { Pool } from './pool.js';
import { Readers, type Reading } from './readers.js';

/** Workers that say what the test tells them to say. */
function platform(workers: number) {
  const made: {
    say(message: FromFormats): void;
    readonly sent: ToFormats[];
    readonly terminate: () => void;
  }[] = [];
  const reading: Reading = {
    formats: new URL('https://example.org/formats.wasm'),
    codecs: new URL('https://example.org/codecs.wasm'),
    workers,
    start: () => {
      const sent: ToFormats[] = [];
      const silent: (message: FromFormats) => void = () => undefined;
      const worker = { say: silent, sent, terminate: vi.fn() };
      made.push(worker);
      return {
        post: (message) => sent.push(message),
        listen: (handler) => {
          worker.say = handler;
        },
        terminate: worker.terminate,
      };
    },
    pack: async (file) => ({ name: file.name, data: file }),
  };
  return { made, readers: new Readers(reading) };
}

const module = new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0));
const files = [new File(['a'], 'a')];
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 10));

test('workers are started when they are wanted, and never more than there may be', async () => {
  const { made, readers } = platform(2);
  const pool = new Pool(readers, files);
  expect(made).toHaveLength(0);
  await pool.run(undefined, async ({ take }) => expect(take(1)).toHaveLength(1));
  await pool.run(undefined, async ({ take }) => expect(take(9)).toHaveLength(2));
  expect(made).toHaveLength(2);
});

test('the first worker compiles, the others get the module', async () => {
  const { made, readers } = platform(2);
  const job = new Pool(readers, files).run(undefined, async ({ take }) => {
    const [first, second] = take(2);
    return Promise.all([first.started, second?.started]);
  });
  await settled();
  for (const worker of made) worker.say({ type: 'ready' });
  await settled();
  expect(made.map(({ sent }) => sent)).toEqual([
    [
      {
        type: 'start',
        wasm: 'https://example.org/formats.wasm',
      },
    ],
    [],
  ]);
  made[0]?.say({ type: 'started', module });
  await settled();
  expect(made[0]?.sent[1]).toMatchObject({
    name: 'files',
    args: { files: [{ name: 'a', data: files[0] }] },
  });
  expect(made[1]?.sent).toMatchObject([{ type: 'start', wasm: module }]);
  made[1]?.say({ type: 'started', module });
  await job;
});

test('the next set of files gets the module, too; where its compiler was ended, it compiles anew', async () => {
  const { made, readers } = platform(1);
  const begin = (): Pool => {
    const pool = new Pool(readers, files);
    pool.run(undefined, async ({ take }) => take(1)[0].started).catch(() => undefined);
    return pool;
  };
  const ended = begin();
  await settled();
  begin();
  await settled();
  ended.dispose();
  made[1]?.say({ type: 'ready' });
  await settled();
  expect(made[1]?.sent).toMatchObject([{ wasm: 'https://example.org/formats.wasm' }]);

  begin();
  await settled();
  made[2]?.say({ type: 'ready' });
  await settled();
  made[2]?.say({ type: 'started', module });
  await settled();
  begin();
  await settled();
  made[3]?.say({ type: 'ready' });
  await settled();
  expect(made[3]?.sent).toMatchObject([{ wasm: module }]);
});

test('jobs wait for each other', async () => {
  const pool = new Pool(platform(1).readers, files);
  const order: string[] = [];
  let release = (): void => undefined;
  const first = pool.run(undefined, async () => {
    order.push('first begins');
    await new Promise<void>((resolve) => {
      release = resolve;
    });
    order.push('first ends');
  });
  const second = pool.run(undefined, async () => order.push('second begins'));
  await settled();
  release();
  await Promise.all([first, second]);
  expect(order).toEqual(['first begins', 'first ends', 'second begins']);
});

test('abort rejects at once with its reason and ends the workers; the next job gets new ones', async () => {
  const { made, readers } = platform(2);
  const pool = new Pool(readers, files);
  const controller = new AbortController();
  const job = pool.run(controller.signal, async ({ take }) =>
    Promise.all(take(2).map((client) => client.call('scan', { first: 0, end: 1 }))),
  );
  await settled();
  controller.abort('enough');
  await expect(job).rejects.toBe('enough');
  for (const { terminate } of made) expect(terminate).toHaveBeenCalledOnce();
  await pool.run(undefined, async ({ take }) => take(1));
  expect(made).toHaveLength(3);
});

test('a trap ends the job with a sentence and all workers of the crew, and nothing else', async () => {
  const { made, readers } = platform(2);
  const pool = new Pool(readers, files);
  const signals: AbortSignal[] = [];
  const job = pool.run(undefined, async ({ take, signal }) => {
    signals.push(signal);
    await Promise.all(take(2).map((client) => client.call('scan', { first: 0, end: 1 })));
  });
  await settled();
  made[1]?.say({ type: 'lost', message: 'RuntimeError: unreachable' });
  await expect(job).rejects.toMatchObject({ code: 'reader_lost', message: /unreachable/ });
  expect(signals[0]?.aborted).toBe(true);
  for (const { terminate } of made) expect(terminate).toHaveBeenCalledOnce();
  const again = pool.run(undefined, async ({ take }) => take(1)[0].started);
  await settled();
  made[2]?.say({ type: 'ready' });
  await settled();
  // What the lost ones compiled is gone with them.
  expect(made[2]?.sent).toMatchObject([{ wasm: 'https://example.org/formats.wasm' }]);
  made[2]?.say({ type: 'started', module });
  await again;
});

test('a failed call keeps its code and its sentence, and the workers', async () => {
  const { made, readers } = platform(1);
  const pool = new Pool(readers, files);
  const job = pool.run(undefined, async ({ take }) =>
    take(1)[0].call('plan', { series: '9', options: {} }),
  );
  await settled();
  made[0]?.say({ type: 'ready' });
  await settled();
  made[0]?.say({ type: 'started', module });
  await settled();
  expect(made[0]?.sent[2]).toMatchObject({ type: 'call', id: 2, name: 'plan' });
  made[0]?.say({ type: 'failed', id: 2, error: { code: 'bad_parameter', message: 'no 9' } });
  await expect(job).rejects.toMatchObject({ code: 'bad_parameter', message: 'no 9' });
  expect(made[0]?.terminate).not.toHaveBeenCalled();
});

test('the decoders are fetched once, when they are wanted', async () => {
  const { made, readers } = platform(2);
  const job = new Pool(readers, files).run(undefined, async ({ take, loadCodecs }) => {
    await Promise.all(take(2).map((client) => loadCodecs(client)));
  });
  await settled();
  for (const worker of made) {
    worker.say({ type: 'ready' });
    worker.say({ type: 'started', module });
  }
  await settled();
  const calls = (k: number): unknown[] =>
    (made[k]?.sent ?? []).filter((message) => message.type === 'call' && message.name === 'codecs');
  expect(calls(0)).toMatchObject([
    { name: 'codecs', args: { wasm: 'https://example.org/codecs.wasm' } },
  ]);
  expect(calls(1)).toEqual([]);
  made[0]?.say({ type: 'done', id: 2, value: module });
  await settled();
  expect(calls(1)).toMatchObject([{ name: 'codecs', args: { wasm: module } }]);
  made[1]?.say({ type: 'done', id: 2, value: module });
  await job;
});

test('a disposed pool ends its workers and refuses new jobs', async () => {
  const { made, readers } = platform(1);
  const pool = new Pool(readers, files);
  const job = pool.run(undefined, async ({ take }) => take(1)[0].started);
  await settled();
  pool.dispose();
  await expect(job).rejects.toMatchObject({ code: 'disposed' });
  expect(made[0]?.terminate).toHaveBeenCalledOnce();
  await expect(pool.run(undefined, async () => 1)).rejects.toMatchObject({ code: 'disposed' });
});

test('workers that were given back read the next files; too large a one is ended', async () => {
  const { made, readers } = platform(1);
  const pool = new Pool(readers, files);
  const work = (of: Pool): Promise<void> =>
    of.run(undefined, async ({ take }) => void (await take(1)[0].started));
  const first = work(pool);
  await settled();
  made[0]?.say({ type: 'ready' });
  await settled();
  made[0]?.say({ type: 'started', module });
  await first;
  pool.rest();
  await settled();
  const names = (): unknown[] =>
    (made[0]?.sent ?? []).map((message) => message.type === 'call' && message.name);
  expect(names()).toEqual([false, 'files', 'rest']);
  await work(new Pool(readers, [new File(['b'], 'b')]));
  await settled();
  expect(made).toHaveLength(1);
  expect(names()).toEqual([false, 'files', 'rest', 'files']);
  expect(made[0]?.terminate).not.toHaveBeenCalled();

  const other = new Pool(readers, files);
  const second = work(other);
  await settled();
  made[1]?.say({ type: 'ready' });
  await settled();
  made[1]?.say({ type: 'started', module });
  await second;
  other.rest();
  await settled();
  made[1]?.say({ type: 'done', id: 2, value: 2 ** 26 });
  await settled();
  expect(made[1]?.terminate).toHaveBeenCalledOnce();
});

test('workers that nobody wants are ended after a while, or with the engine', async () => {
  vi.useFakeTimers();
  try {
    const { made, readers } = platform(2);
    const pool = new Pool(readers, files);
    const rested = async (): Promise<void> => {
      await pool.run(undefined, async ({ take }) => void take(1));
      pool.rest();
    };
    await rested();
    vi.advanceTimersByTime(9_000);
    expect(made[0]?.terminate).not.toHaveBeenCalled();
    vi.advanceTimersByTime(2_000);
    expect(made[0]?.terminate).toHaveBeenCalledOnce();
    await rested();
    readers.dispose();
    expect(made[1]?.terminate).toHaveBeenCalledOnce();
  } finally {
    vi.useRealTimers();
  }
});
