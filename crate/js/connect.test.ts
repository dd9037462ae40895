import { expect, test, vi, type Mock } from 'vitest';

import { connect, type Platform, type RemoteThread } from './connect.js';
import type { FromThread, FromWorker, ToWorker } from './protocol.js';

/** Workers that say what the test tells them to say. */
function platform() {
  const ended: string[] = [];
  const sent: ToWorker[] = [];
  const threads: { say(message: FromThread): void; post: Mock<RemoteThread['post']> }[] = [];
  const engine: { say(message: FromWorker): void; fail(message: string): void } = {
    say: () => undefined,
    fail: () => undefined,
  };
  const made: Platform = {
    phantom: new URL('http://a/phantom.wasm'),
    wasm: new URL('https://example.org/a.wasm'),
    engine: () => ({
      post: (message) => sent.push(message),
      listen: (handler, failed) => Object.assign(engine, { say: handler, fail: failed }),
      terminate: () => ended.push('engine'),
    }),
    thread: () => {
      const thread: (typeof threads)[number] = { say: () => undefined, post: vi.fn() };
      threads.push(thread);
      return {
        post: thread.post,
        listen: (handler) => {
          thread.say = handler;
        },
        terminate: () => ended.push('thread'),
      };
    },
  };
  return { made, engine, threads, sent, ended };
}

const wanted: FromWorker = {
  type: 'threadsWanted',
  module: new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)),
  memory: new WebAssembly.Memory({ initial: 1 }),
};

async function threaded() {
  const { made, engine, threads, sent, ended } = platform();
  const connection = connect(made, 3, true);
  engine.say({ type: 'ready' });
  engine.say(wanted);
  for (const thread of threads) thread.say({ type: 'ready' });
  for (const thread of threads) thread.say({ type: 'running' });
  await vi.waitFor(() => expect(sent).toContainEqual({ type: 'threadsRunning' }));
  engine.say({ type: 'started', version: '1.2.3' });
  return { ...(await connection), engine, threads, sent, ended };
}

test('one thread: ready, start, started', async () => {
  const { made, engine, sent } = platform();
  const connection = connect(made, 1, false);
  expect(sent).toEqual([]);
  engine.say({ type: 'ready' });
  const wasm = 'https://example.org/a.wasm';
  expect(sent).toEqual([{ type: 'start', wasm, threads: 1, stops: null }]);
  engine.say({ type: 'started', version: '1.2.3' });
  expect((await connection).version).toBe('1.2.3');
});

test("the engine's worker is one of the threads; the others get its module and memory", async () => {
  const { threads } = await threaded();
  expect(threads).toHaveLength(2);
  for (const { post } of threads) {
    const { module, memory } = wanted;
    expect(post.mock.calls).toEqual([[{ module, memory }]]);
  }
});

test('a trap in a thread ends the engine and all its workers', async () => {
  const { client, threads, ended } = await threaded();
  const call = client.call('memory', null);
  threads[1]?.say({ type: 'lost', message: 'RuntimeError: unreachable' });
  await expect(call).rejects.toMatchObject({ code: 'engine_lost' });
  expect((await client.lost).message).toContain('unreachable');
  expect(ended).toEqual(['engine', 'thread', 'thread']);
});

test('a worker that cannot be loaded is a start that failed', async () => {
  const { made, engine, ended } = platform();
  const connection = connect(made, 1, false);
  engine.fail('its script could not be loaded');
  await expect(connection).rejects.toMatchObject({ code: 'engine_failed' });
  expect(ended).toEqual(['engine']);
});
