/** The numbers by which ClientIP affinity tells endpoint lists apart, in the mark of a connection. */

/** Far from small numbers, that others use as marks. */
const firstId = 0x4800_0000;
const count = 0x0080_0000;

export class AffinityIds {
  readonly #owners = new Map<string, string>();
  #next = 0;

  /** A number that nobody has, for a list. */
  take(list: string): string {
    for (;;) {
      const id = idText(firstId + this.#next);
      this.#next = (this.#next + 1) % count;
      if (this.adopt(id, list)) return id;
    }
  }

  /** Keeps a number that a list had before; false if another has it. */
  adopt(id: string, list: string): boolean {
    if (this.#owners.has(id)) return false;
    this.#owners.set(id, list);
    const offset = Number(id) - firstId;
    // What was given back is not given out again soon: clients may be remembered by it.
    if (offset >= this.#next && offset < count) this.#next = (offset + 1) % count;
    return true;
  }

  release(id: string): void {
    this.#owners.delete(id);
  }

  clear(): void {
    this.#owners.clear();
  }
}

/** As nft lists marks: `0x48000001`. */
export function idText(id: number): string {
  return `0x${id.toString(16).padStart(8, '0')}`;
}
