// The page the driver talks to: one engine worker per thread count, as the package starts them
// (plain workers that share the memory), but without its protocol, so that only kernels are timed.

const waiting = new Map();
let lastId = 0;

/** `threads` is 1 for the single-threaded build. Resolves when the core is loaded. */
globalThis.start = (threads) => {
  const worker = new Worker('worker.js', { type: 'module' });
  worker.addEventListener('error', (event) => {
    for (const { reject } of waiting.values())
      reject(new Error(event.message || 'the worker failed'));
  });
  worker.addEventListener('message', ({ data }) => {
    if (data.wanted) return void join(worker, data);
    const { resolve, reject } = waiting.get(data.id);
    waiting.delete(data.id);
    if (data.error) reject(new Error(data.error));
    else resolve(data.answer);
  });
  globalThis.engines ??= new Map();
  globalThis.engines.set(threads, worker);
  return globalThis.ask(threads, 'load', threads);
};

globalThis.stop = (threads) => {
  globalThis.engines.get(threads)?.terminate();
  globalThis.engines.delete(threads);
};

/** One command to the engine with `threads`. */
globalThis.ask = (threads, verb, rest) =>
  new Promise((resolve, reject) => {
    const id = (lastId += 1);
    waiting.set(id, { resolve, reject });
    globalThis.engines.get(threads).postMessage({ id, verb, rest }, []);
  });

async function join(engine, { wanted, module, memory }) {
  for (let k = 0; k < wanted; k += 1) {
    const thread = new Worker('thread.js', { type: 'module' });
    await new Promise((running) => {
      thread.addEventListener('message', ({ data }) => {
        if (data === 'ready') thread.postMessage({ module, memory }, []);
        else running();
      });
    });
  }
  engine.postMessage({ joined: true }, []);
}
