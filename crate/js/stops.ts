/**
 * How a running call is stopped. wasm cannot look at messages while it works; what it can do between
 * two slabs is look at something that the page may change meanwhile.
 *
 * - **Shared memory**, where the page is isolated: one cell a call.
 * - **An address that stops working** everywhere else: the page makes an empty `blob:` for the call,
 *   the worker now and then fetches it synchronously, and finds it gone once the page has revoked
 *   it. It needs `connect-src blob:` where a policy is set; without, a call ends at its next step.
 */

/** Calls that may be in flight at once, each with a cell of its own. */
const CELLS = 1024;

/** Between two looks at an address; each is a round trip to the browser's process. */
const LOOK_EVERY_MS = 25;

/** The page's side: makes one switch a call. */
export class Stops {
  readonly shared: SharedArrayBuffer | null;

  constructor(isolated: boolean) {
    this.shared = isolated ? new SharedArrayBuffer(CELLS * Int32Array.BYTES_PER_ELEMENT) : null;
  }

  /** The switch of a call that may be stopped. */
  arm(id: number): { readonly url: string | null; stop(): void; disarm(): void } {
    const { shared } = this;
    if (shared) {
      const stop = (): void => {
        Atomics.store(new Int32Array(shared), id % CELLS, id);
      };
      return { url: null, stop, disarm: () => undefined };
    }
    const url = URL.createObjectURL(new Blob());
    const revoke = (): void => URL.revokeObjectURL(url);
    return { url, stop: revoke, disarm: revoke };
  }
}

/** Is nothing at this address any more? */
export type IsGone = (url: string) => boolean;

/** The worker's side: looks at the switches. */
export class StopWatch {
  readonly #cells: Int32Array | null;
  readonly #isGone: IsGone;
  /** A policy may forbid to look; then nobody looks again. */
  #blind = false;

  constructor(shared: SharedArrayBuffer | null, look: IsGone) {
    this.#cells = shared && new Int32Array(shared);
    this.#isGone = look;
  }

  /** For one call: answers whether it should stop. */
  watch(id: number, url: string | null): (now: number) => boolean {
    const cells = this.#cells;
    if (cells) return () => Atomics.load(cells, id % CELLS) === id;
    if (url === null || this.#blind) return () => false;
    if (this.#isGone(url)) {
      // Nobody could have revoked it yet without cancelling the call first.
      this.#blind = true;
      return () => false;
    }
    let lookedAt = performance.now();
    return (now) => {
      if (now - lookedAt < LOOK_EVERY_MS) return false;
      const gone = this.#isGone(url);
      lookedAt = performance.now();
      return gone;
    };
  }
}

/** Looks by a synchronous request, which only workers are allowed. Nothing leaves the device. */
export function isGone(url: string): boolean {
  const request = new XMLHttpRequest();
  try {
    request.open('GET', url, false);
    request.send();
    return request.status !== 200;
  } catch {
    return true;
  }
}
