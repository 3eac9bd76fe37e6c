/** What rules see of a packet on its way, and what sets and maps have for it. */
import { BlockList, isIPv6 } from 'node:net';
import type { Field, Key, Lookup } from './interpret-rule.ts';
import type { Packet } from './interpret.ts';
import type { Ruleset } from './model.ts';

/** What `numgen random` says. */
export interface Dice {
  throw(modulus: number): number;
}

export class PacketFields {
  readonly #ruleset: Ruleset;
  readonly #packet: Packet;
  readonly #dice: Dice;
  /** Where it goes now: DNAT changes it. */
  daddr: string;
  dport: number;
  connectionMark = 0;

  constructor(ruleset: Ruleset, packet: Packet, dice: Dice) {
    this.#ruleset = ruleset;
    this.#packet = packet;
    this.#dice = dice;
    this.daddr = packet.daddr;
    this.dport = packet.dport;
  }

  /** What a map has for the packet. */
  find({ key, map }: Lookup): string | null {
    const text = this.#keyText(key);
    return text === null ? null : (this.#ruleset.elements.get(map)?.get(text)?.data ?? null);
  }

  isInSet(key: Key, set: string): boolean {
    const text = this.#keyText(key);
    const elements = this.#ruleset.elements.get(set);
    if (text === null || elements === undefined) return false;
    if (elements.has(text)) return true;
    if (this.#ruleset.collections.get(set)?.flags?.includes('interval') !== true) return false;
    // Ranges are in the last part of a key.
    const [rest, last] = split(text);
    return [...elements.keys()].some((element) => {
      const [elementRest, range] = split(element);
      return elementRest === rest && range.includes('/') && isIn(range, last);
    });
  }

  #keyText(key: Key): string | null {
    const values: string[] = [];
    for (const field of key) {
      const value = this.value(field);
      if (value === null) return null;
      values.push(value);
    }
    return values.join(' . ');
  }

  value(field: Field): string | null {
    switch (field.kind) {
      case 'saddr':
      case 'daddr':
        return this.address(field.kind);
      case 'original saddr':
        return this.#packet.saddr;
      case 'protocol':
        return this.#packet.protocol;
      case 'dport':
        return String(this.dport);
      case 'dport of':
        return field.protocol === this.#packet.protocol ? String(this.dport) : null;
      case 'ct mark':
        return `0x${this.connectionMark.toString(16).padStart(8, '0')}`;
      case 'numgen':
        return String(field.offset + this.#dice.throw(field.modulus));
      case 'jhash':
        // Any hash will do: nothing but packets writes such keys.
        return `hash of ${this.value(field.of) ?? ''}`;
    }
  }

  address(which: 'saddr' | 'daddr'): string {
    return which === 'saddr' ? this.#packet.saddr : this.daddr;
  }
}

function split(text: string): readonly [rest: string, last: string] {
  const at = text.lastIndexOf(' ');
  return [text.slice(0, at + 1), text.slice(at + 1)];
}

/** Whether an address is in a range, such as `10.0.0.0/8`, or is it. */
export function isIn(range: string, address: string): boolean {
  const [base = '', length] = range.split('/');
  if (length === undefined) return base === address;
  if (isIPv6(base) !== isIPv6(address)) return false;
  const type = isIPv6(address) ? 'ipv6' : 'ipv4';
  const list = new BlockList();
  list.addSubnet(base, Number(length), type);
  return list.check(address, type);
}
