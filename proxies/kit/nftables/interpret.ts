/** What the rules of a table do with a connection's first packet, without a kernel. */
import { isIPv6 } from 'node:net';
import { Journey } from './interpret-journey.ts';
import type { Ruleset } from './model.ts';

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
    const dice = new ToldDice(prefix);
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
class ToldDice {
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
