import type { Bones, Mask, Scan } from './core.js';
import { HounsfieldError } from './errors.js';
import type { Handle } from './protocol.js';

type Held =
  | { readonly kind: 'scan'; readonly value: Scan; readonly bytes: number }
  | { readonly kind: 'mask'; readonly value: Mask; readonly bytes: number }
  | { readonly kind: 'bones'; readonly value: Bones; readonly bytes: number };

type Kind = Held['kind'];
type ValueOf<K extends Kind> = Extract<Held, { kind: K }>['value'];

/** What the worker holds for the page, by handle. */
export class Store {
  readonly #held = new Map<Handle, Held>();
  #next: Handle = 1;

  add<K extends Kind>(kind: K, value: ValueOf<K>, bytes: number): Handle {
    const handle = this.#next++;
    this.#held.set(handle, { kind, value, bytes } as Held);
    return handle;
  }

  get<K extends Kind>(kind: K, handle: Handle): ValueOf<K> {
    const held = this.#held.get(handle);
    if (held?.kind !== kind) {
      throw new HounsfieldError('disposed', `This ${kind} was disposed of; open or make it again.`);
    }
    return held.value as ValueOf<K>;
  }

  release(handle: Handle): void {
    this.#held.get(handle)?.value.free();
    this.#held.delete(handle);
  }

  /** Bytes of everything held. The wasm memory itself never shrinks, so it cannot tell. */
  heldBytes(): number {
    let sum = 0;
    for (const { bytes } of this.#held.values()) sum += bytes;
    return sum;
  }
}
