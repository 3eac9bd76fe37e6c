/** One transaction as it grows: few commands, each with many elements. */
import { elementText, type NftWriter } from '../../kit/nftables/write.ts';
import type { CollectionName } from './layout-facts.ts';

export class Batch {
  readonly #writer: NftWriter;
  readonly #head: string[] = [];
  /** Those that may have timed out: added before they are deleted, they are there. */
  readonly #renewed = new Map<CollectionName, string[]>();
  readonly #deleted = new Map<CollectionName, string[]>();
  readonly #added = new Map<CollectionName, string[]>();
  readonly #tail: string[] = [];
  #sizeBytes = 0;

  constructor(writer: NftWriter) {
    this.#writer = writer;
  }

  /** About what it is on its way to the kernel. */
  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  get isEmpty(): boolean {
    return this.operations === 0;
  }

  /** A command on one object is one operation. */
  get operations(): number {
    const lists = this.#renewed.size + this.#deleted.size + this.#added.size;
    return this.#head.length + lists + this.#tail.length;
  }

  /** Commands before those of elements. */
  begin(...commands: readonly string[]): void {
    this.#head.push(...commands);
    for (const command of commands) this.#sizeBytes += bytesOf(command);
  }

  /** Commands after those of elements. */
  end(...commands: readonly string[]): void {
    this.#tail.push(...commands);
    for (const command of commands) this.#sizeBytes += bytesOf(command);
  }

  delete(collection: CollectionName, key: string): void {
    listIn(this.#deleted, collection).push(key);
    this.#sizeBytes += bytesOf(key);
  }

  /** Deletes what packets have written, and what may be gone by then: the kernel refuses to delete nothing. */
  forget(collection: CollectionName, key: string, data: string): void {
    const text = elementText(key, data, '');
    listIn(this.#renewed, collection).push(text);
    this.#sizeBytes += bytesOf(text);
    this.delete(collection, key);
  }

  add(collection: CollectionName, key: string, data: string, comment: string): void {
    const text = elementText(key, data, comment);
    listIn(this.#added, collection).push(text);
    this.#sizeBytes += bytesOf(text);
  }

  /** Deletes come before additions, so that a key can get other data. */
  get text(): string {
    const lines = [...this.#head];
    for (const [name, elements] of this.#renewed) {
      lines.push(this.#writer.addElements(name, elements));
    }
    for (const [name, keys] of this.#deleted) lines.push(this.#writer.deleteElements(name, keys));
    for (const [name, elements] of this.#added)
      lines.push(this.#writer.addElements(name, elements));
    lines.push(...this.#tail);
    return lines.join('\n');
  }
}

/** A message holds its parts padded, and names them: less than this for each element, command or rule. */
const overheadBytes = 120;

function bytesOf(text: string): number {
  return overheadBytes + text.length;
}

function listIn(lists: Map<CollectionName, string[]>, name: CollectionName): string[] {
  let list = lists.get(name);
  if (list === undefined) {
    list = [];
    lists.set(name, list);
  }
  return list;
}
