/**
 * Starts a worker that obeys the page's content security policy.
 *
 * A worker that is loaded from an address takes its policy from the headers of *that* response; on
 * a host that sends none it may talk to anybody, whatever the page's `<meta>` says. A worker made
 * of a `blob:` inherits the page's policy, so this one is a `blob:` that imports the address.
 *
 * `make` holds the bare `new Worker(new URL('…', import.meta.url))` that bundlers look for. Its
 * `Worker` is stood in for while it runs, because a bundler that sees the address anywhere else
 * does not know that it is a worker.
 */
export function startConfined(make: () => Worker): Worker {
  const Real = globalThis.Worker;
  globalThis.Worker = function Confined(address: string | URL, options?: WorkerOptions): Worker {
    const quoted = JSON.stringify(String(address));
    // webpack's workers are classic scripts, and look for their parts beside their own address.
    const classic = `Object.defineProperty(self,'location',{value:new URL(${quoted})});importScripts(${quoted});`;
    const script = options?.type === 'module' ? `import ${quoted};` : classic;
    const blob = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
    const worker = new Real(blob, options);
    // Until its first word (or its last) it may still have to load its script.
    for (const event of ['message', 'error']) {
      worker.addEventListener(event, () => URL.revokeObjectURL(blob), { once: true });
    }
    return worker;
  } as unknown as typeof Worker;
  try {
    return make();
  } finally {
    globalThis.Worker = Real;
  }
}
