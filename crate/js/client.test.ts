import { resolveObjectURL } from 'node:buffer';

import { expect, test, vi } from 'vitest';

import { Client, type Remote } from './client.js';
import type { ToWorker } from './protocol.js';
import { StopWatch, Stops } from './stops.js';

/** A worker that only remembers. */
function mockWorker() {
  const sent: ToWorker[] = [];
  const terminate = vi.fn();
  const remote: Remote = {
    post: (message) => sent.push(message),
    listen: () => undefined,
    terminate,
  };
  return { sent, terminate, remote };
}

const shared = (): Stops => new Stops(true);
const info = { usedBytes: 1, limitBytes: 2 };

test('replies find the calls they belong to, in any order', async () => {
  const { remote, sent } = mockWorker();
  const client = new Client(remote, shared());
  const first = client.call('memory', null);
  const second = client.call('bits', { mask: 7, z0: 0, n: 1 });
  expect(sent).toMatchObject([
    { type: 'call', id: 1, name: 'memory', args: null },
    { type: 'call', id: 2, name: 'bits', args: { mask: 7 } },
  ]);
  client.receive({ type: 'done', id: 2, value: Uint8Array.of(5), handles: [] });
  client.receive({ type: 'done', id: 1, value: info, handles: [] });
  expect(await first).toEqual(info);
  expect(await second).toEqual(Uint8Array.of(5));
});

test('progress goes to its own call only', async () => {
  const client = new Client(mockWorker().remote, shared());
  const onProgress = vi.fn();
  const call = client.call('memory', null, { onProgress });
  client.receive({ type: 'progress', id: 9, stage: 'else', fraction: 0.1 });
  client.receive({ type: 'progress', id: 1, stage: 'reading', fraction: 0.5 });
  client.receive({ type: 'done', id: 1, value: info, handles: [] });
  await call;
  expect(onProgress.mock.calls).toEqual([[{ stage: 'reading', fraction: 0.5 }]]);
});

test('an error arrives with its code and its sentence', async () => {
  const client = new Client(mockWorker().remote, shared());
  const call = client.call('memory', null);
  client.receive({ type: 'failed', id: 1, error: { code: 'too_large', message: '9 MB' } });
  await expect(call).rejects.toMatchObject({
    name: 'HounsfieldError',
    code: 'too_large',
    message: '9 MB',
  });
});

test('abort rejects at once with its reason, tells the worker, and stops the running call', async () => {
  const { remote, sent } = mockWorker();
  const stops = shared();
  const client = new Client(remote, stops);
  const watch = new StopWatch(stops.shared, () => false);
  const [mine, other] = [watch.watch(1, null), watch.watch(2, null)];
  const controller = new AbortController();
  const call = client.call(
    'phantom',
    { options: {}, wasm: 'p.wasm' },
    { signal: controller.signal },
  );
  expect(mine(0)).toBe(false);
  controller.abort('enough');
  await expect(call).rejects.toBe('enough');
  expect(sent[1]).toEqual({ type: 'cancel', id: 1 });
  expect([mine(0), other(0)]).toEqual([true, false]);
});

test('without shared memory the address of the call stops working', async () => {
  const { remote, sent } = mockWorker();
  const client = new Client(remote, new Stops(false));
  const controller = new AbortController();
  const call = client.call(
    'phantom',
    { options: {}, wasm: 'p.wasm' },
    { signal: controller.signal },
  );
  const [message] = sent;
  const url = message?.type === 'call' ? message.stopUrl : null;
  expect(url).toMatch(/^blob:/);
  expect(resolveObjectURL(url ?? '')).toBeDefined();
  controller.abort('enough');
  await expect(call).rejects.toBe('enough');
  expect(resolveObjectURL(url ?? '')).toBeUndefined();
});

test('a policy that forbids to look is found out, and no reason to stop', () => {
  const looks: string[] = [];
  const watch = new StopWatch(null, (url) => {
    looks.push(url);
    return true;
  });
  expect(watch.watch(1, 'blob:a')(Infinity)).toBe(false);
  expect(watch.watch(2, 'blob:b')(Infinity)).toBe(false);
  expect(looks).toEqual(['blob:a']);
});

test('arguments that cannot be sent are refused and leave nothing behind', async () => {
  const { remote } = mockWorker();
  const post = (message: ToWorker): void => void structuredClone(message);
  const client = new Client({ ...remote, post }, shared());
  const args = { scan: 1, steps: [() => 0] as never };
  await expect(client.call('recipe', args)).rejects.toMatchObject({ code: 'bad_parameter' });
});

test('a signal that was aborted before sends nothing', async () => {
  const { remote, sent } = mockWorker();
  const signal = AbortSignal.abort('no');
  await expect(new Client(remote, shared()).call('memory', null, { signal })).rejects.toBe('no');
  expect(sent).toEqual([]);
});

test('what a call made after its caller went away is released', async () => {
  const { remote, sent } = mockWorker();
  const client = new Client(remote, shared());
  const controller = new AbortController();
  const call = client.call('recipe', { scan: 1, steps: [] }, { signal: controller.signal });
  controller.abort('enough');
  await expect(call).rejects.toBe('enough');
  client.receive({ type: 'done', id: 1, value: { mask: 44 }, handles: [44] });
  expect(sent.at(-1)).toMatchObject({ name: 'release', args: { handle: 44 } });
});

test('an abort after the reply does nothing', async () => {
  const { remote, sent } = mockWorker();
  const client = new Client(remote, shared());
  const controller = new AbortController();
  const call = client.call('memory', null, { signal: controller.signal });
  client.receive({ type: 'done', id: 1, value: info, handles: [] });
  await call;
  controller.abort();
  expect(sent).toHaveLength(1);
});

test('a loss rejects every call, resolves lost, ends the worker, and later calls fail', async () => {
  const { remote, sent, terminate } = mockWorker();
  const client = new Client(remote, shared());
  const calls = [client.call('memory', null), client.call('memory', null)];
  const order: string[] = [];
  void client.lost.then(() => order.push('lost'));
  for (const call of calls) void call.catch(() => order.push('call'));
  client.receive({ type: 'lost', message: 'RuntimeError: unreachable' });
  for (const call of calls) await expect(call).rejects.toMatchObject({ code: 'engine_lost' });
  expect(order).toEqual(['lost', 'call', 'call']);
  expect(await client.lost).toMatchObject({ code: 'engine_lost' });
  expect(terminate).toHaveBeenCalledOnce();
  await expect(client.call('memory', null)).rejects.toMatchObject({ code: 'engine_lost' });
  client.release(3);
  expect(sent).toHaveLength(2);
});

test('disposing rejects what is pending, and is no loss', async () => {
  const { remote, terminate } = mockWorker();
  const client = new Client(remote, shared());
  const lost = vi.fn();
  void client.lost.then(lost);
  const call = client.call('memory', null);
  client.dispose();
  client.dispose();
  await expect(call).rejects.toMatchObject({ code: 'disposed' });
  expect(terminate).toHaveBeenCalledOnce();
  expect(lost).not.toHaveBeenCalled();
});
