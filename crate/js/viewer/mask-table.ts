import { MAX_MASKS, ViewerError } from './types.js';
import type { MaskStyle } from './types.js';

/** Ids and styles of the masks; each holds one of eight slots, which number their textures and 3D channels. */
export class MaskTable {
  private readonly slots: (string | null)[] = Array.from({ length: MAX_MASKS }, () => null);
  private readonly styles = new Map<string, MaskStyle>();

  /** Sets a style; `added` is the new slot when the id is new. @throws ViewerError `too-many-masks`. */
  set(id: string, style: MaskStyle): { slot: number; added: boolean } {
    const known = this.slots.indexOf(id);
    const slot = known >= 0 ? known : this.slots.indexOf(null);
    if (slot < 0)
      throw new ViewerError(
        'too-many-masks',
        `The viewer draws at most ${MAX_MASKS} masks at once; remove one before adding "${id}".`,
      );
    this.slots[slot] = id;
    this.styles.set(id, style);
    return { slot, added: known < 0 };
  }

  /** The slot of an id, or −1. */
  slotOf(id: string): number {
    return this.slots.indexOf(id);
  }

  /** The style in a slot, or `null` where the slot is free. */
  at(slot: number): MaskStyle | null {
    const id = this.slots[slot];
    return id === null || id === undefined ? null : (this.styles.get(id) ?? null);
  }

  /** Frees the slot of an id and returns it, or −1. */
  remove(id: string): number {
    const slot = this.slots.indexOf(id);
    if (slot >= 0) this.slots[slot] = null;
    this.styles.delete(id);
    return slot;
  }

  /** The slots in use, in drawing order. */
  used(): number[] {
    return this.slots.flatMap((id, slot) => (id === null ? [] : [slot]));
  }

  clear(): void {
    this.slots.fill(null);
    this.styles.clear();
  }
}
