/** What the rules of a table do with a connection's first packet, without a kernel. */
import { BlockList, isIPv6 } from 'node:net';
import {
  readRule,
  readVerdict,
  type Field,
  type Key,
  type Lookup,
  type Statement,
  type Verdict,
} from './interpret-rule.ts';
import type { BaseHook, Chain, Ruleset } from './model.ts';

export interface Packet {
  readonly saddr: string;
  readonly daddr: string;
  readonly protocol: 'tcp' | 'udp' | 'sctp';
  readonly dport: number;
  /** Who sends it: what the node sends itself meets the output hooks, all else those of prerouting. */
  readonly from: 'pod' | 'node' | 'external';
  /** The name of the interface that it came in by; absent where it is the node's, or where it does not matter. */
  readonly iifname?: string;
  /** The addresses of the node: packets to them are delivered, all others forwarded. */
  readonly nodeIPs: readonly string[];
}

export type Outcome =
  | { readonly kind: 'reject' }
  | { readonly kind: 'drop' }
  /** On its way, to where it was sent. */
  | { readonly kind: 'untouched'; readonly isMasqueraded: boolean }
  /** On its way to a backend. */
  | {
      readonly kind: 'sent';
      readonly address: string;
      readonly port: number;
      readonly isMasqueraded: boolean;
    };

/**
 * All that can become of a packet, whatever the dice say; each once, in the order of the endpoints' numbers.
 *
 * @example possibleOutcomes(ruleset, packet) // [{ kind: 'sent', address: '10.180.0.1', port: 80, … }]
 */
export function possibleOutcomes(ruleset: Ruleset, packet: Packet): readonly Outcome[] {
  const outcomes = new Map<string, Outcome>();
  const open: (readonly number[])[] = [[]];
  for (let prefix = open.shift(); prefix !== undefined; prefix = open.shift()) {
    const dice = new Dice(prefix);
    const outcome = new Journey(ruleset, packet, dice).go();
    outcomes.set(outcomeText(outcome), outcome);
    open.push(...dice.otherThrows());
  }
  return [...outcomes.values()];
}

/** `10.180.0.1:80 masqueraded`, `DROP`, `REJECT`, `untouched`: for tables and tests. */
export function outcomeText(outcome: Outcome): string {
  if (outcome.kind === 'drop' || outcome.kind === 'reject') return outcome.kind.toUpperCase();
  const masqueraded = outcome.isMasqueraded ? ' masqueraded' : '';
  if (outcome.kind === 'untouched') return `untouched${masqueraded}`;
  const address = isIPv6(outcome.address) ? `[${outcome.address}]` : outcome.address;
  return `${address}:${outcome.port}${masqueraded}`;
}

/** Throws what it is told, then zeros; and knows what could have been thrown instead. */
class Dice {
  readonly #told: readonly number[];
  readonly #thrown: { value: number; modulus: number }[] = [];

  constructor(told: readonly number[]) {
    this.#told = told;
  }

  throw(modulus: number): number {
    const value = this.#told[this.#thrown.length] ?? 0;
    this.#thrown.push({ value, modulus });
    return value;
  }

  otherThrows(): number[][] {
    const values = this.#thrown.map(({ value }) => value);
    return this.#thrown.flatMap(({ modulus }, index) =>
      index < this.#told.length
        ? []
        : Array.from({ length: modulus - 1 }, (_, other) => [...values.slice(0, index), other + 1]),
    );
  }
}

type Hook = BaseHook['hook'];

/** How a chain, or a rule, ends: null goes on behind it. */
type End = 'accept' | 'drop' | 'reject' | 'return' | null;

class Journey {
  readonly #ruleset: Ruleset;
  readonly #packet: Packet;
  readonly #dice: Dice;
  #daddr: string;
  #dport: number;
  #mark = 0;
  #connectionMark = 0;
  #isTranslated = false;
  #isMasqueraded = false;

  constructor(ruleset: Ruleset, packet: Packet, dice: Dice) {
    this.#ruleset = ruleset;
    this.#packet = packet;
    this.#dice = dice;
    this.#daddr = packet.daddr;
    this.#dport = packet.dport;
  }

  go(): Outcome {
    const first = this.#packet.from === 'node' ? 'output' : 'prerouting';
    const end = this.#meet(first) ?? this.#leave(first);
    if (end !== null) return { kind: end };
    const isMasqueraded = this.#isMasqueraded;
    return this.#isTranslated
      ? { kind: 'sent', address: this.#daddr, port: this.#dport, isMasqueraded }
      : { kind: 'untouched', isMasqueraded };
  }

  /** After the first hook: routed to the node itself, or through it. */
  #leave(first: Hook): 'drop' | 'reject' | null {
    const isHere = this.#packet.nodeIPs.includes(this.#daddr);
    if (first === 'output') {
      // To itself it goes through the loopback interface, and comes in again.
      return this.#meet('postrouting') ?? (isHere ? this.#meet('input') : null);
    }
    return isHere ? this.#meet('input') : (this.#meet('forward') ?? this.#meet('postrouting'));
  }

  #meet(hook: Hook): 'drop' | 'reject' | null {
    const chains = [...this.#ruleset.chains.values()]
      .filter((chain) => chain.hook?.hook === hook)
      .sort((a, b) => (a.hook?.priority ?? 0) - (b.hook?.priority ?? 0));
    for (const chain of chains) {
      const end = this.#walk(chain);
      if (end === 'drop' || end === 'reject') return end;
    }
    return null;
  }

  #walk(chain: Chain): End {
    for (const { text } of chain.rules) {
      const end = this.#apply(readRule(text));
      if (end !== null) return end;
    }
    return null;
  }

  #apply(statements: readonly Statement[]): End {
    for (const statement of statements) {
      const step = this.#step(statement);
      if (step !== 'goes on') return step === 'does not match' ? null : step;
    }
    return null;
  }

  #step(statement: Statement): End | 'goes on' | 'does not match' {
    const matches = (isMatch: boolean) => (isMatch ? 'goes on' : 'does not match');
    switch (statement.kind) {
      case 'is new':
        return 'goes on';
      case 'is translated':
        return matches(this.#isTranslated);
      case 'is local':
        return matches(this.#packet.nodeIPs.includes(this.#address(statement.address)));
      case 'came in by': {
        const { iifname = '' } = this.#packet;
        const { name, isPrefix, isInverted } = statement;
        return matches((isPrefix ? iifname.startsWith(name) : iifname === name) !== isInverted);
      }
      case 'is protocol':
        return matches(statement.protocols.includes(this.#packet.protocol));
      case 'has mark':
        return matches((this.#mark & statement.bits) !== 0);
      case 'is outside':
        return matches(!isIn(statement.range, this.#value(statement.field) ?? ''));
      case 'is in':
        return matches(this.#isInSet(statement.key, statement.set) !== statement.isInverted);
      case 'set mark':
        this.#mark =
          statement.operation === 'or' ? this.#mark | statement.bits : this.#mark ^ statement.bits;
        return 'goes on';
      case 'set ct mark': {
        const mark = this.#find(statement);
        if (mark !== null) this.#connectionMark = Number(mark);
        return matches(mark !== null);
      }
      case 'vmap': {
        const verdict = this.#find(statement);
        return verdict === null ? 'does not match' : this.#follow(readVerdict(verdict));
      }
      case 'dnat':
        return this.#translate(statement.addresses, statement.ports);
      case 'update':
        return 'goes on';
      case 'masquerade':
        this.#isMasqueraded = true;
        return 'accept';
      case 'verdict':
        return this.#follow(statement.verdict);
    }
  }

  #follow(verdict: Verdict): End {
    if (verdict.kind !== 'jump' && verdict.kind !== 'goto') return verdict.kind;
    const chain = this.#ruleset.chains.get(verdict.chain);
    if (chain === undefined) throw new Error(`no chain ${verdict.chain}`);
    const end = this.#walk(chain);
    if (end !== null && end !== 'return') return end;
    // What comes after a jump is met; after a goto, nothing of this chain is.
    return verdict.kind === 'jump' ? null : 'return';
  }

  #translate(addresses: Lookup, ports: Lookup | undefined): End | 'does not match' {
    const found = this.#find(addresses);
    const port = ports && this.#find(ports);
    if (found === null || port === null) return 'does not match';
    const [address = '', ownPort] = found.split(' . ');
    this.#daddr = address;
    this.#dport = Number(port ?? ownPort);
    this.#isTranslated = true;
    return 'accept';
  }

  /** What a map has for the packet. */
  #find({ key, map }: Lookup): string | null {
    const text = this.#keyText(key);
    return text === null ? null : (this.#ruleset.elements.get(map)?.get(text)?.data ?? null);
  }

  #isInSet(key: Key, set: string): boolean {
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
      const value = this.#value(field);
      if (value === null) return null;
      values.push(value);
    }
    return values.join(' . ');
  }

  #value(field: Field): string | null {
    switch (field.kind) {
      case 'saddr':
      case 'daddr':
        return this.#address(field.kind);
      case 'original saddr':
        return this.#packet.saddr;
      case 'protocol':
        return this.#packet.protocol;
      case 'dport':
        return String(this.#dport);
      case 'dport of':
        return field.protocol === this.#packet.protocol ? String(this.#dport) : null;
      case 'ct mark':
        return `0x${this.#connectionMark.toString(16).padStart(8, '0')}`;
      case 'numgen':
        return String(field.offset + this.#dice.throw(field.modulus));
      case 'jhash':
        // Any hash will do: nothing but packets writes such keys.
        return `hash of ${this.#value(field.of) ?? ''}`;
    }
  }

  #address(which: 'saddr' | 'daddr'): string {
    return which === 'saddr' ? this.#packet.saddr : this.#daddr;
  }
}

function split(text: string): readonly [rest: string, last: string] {
  const at = text.lastIndexOf(' ');
  return [text.slice(0, at + 1), text.slice(at + 1)];
}

function isIn(range: string, address: string): boolean {
  const [base = '', length] = range.split('/');
  if (length === undefined) return base === address;
  if (isIPv6(base) !== isIPv6(address)) return false;
  const type = isIPv6(address) ? 'ipv6' : 'ipv4';
  const list = new BlockList();
  list.addSubnet(base, Number(length), type);
  return list.check(address, type);
}
