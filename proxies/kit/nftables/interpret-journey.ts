/** The way of one packet: through the hooks of where it comes from and goes to, and the rules there. */
import { isIn, PacketFields, type Dice } from './interpret-fields.ts';
import {
  readRule,
  readVerdict,
  type Lookup,
  type Statement,
  type Verdict,
} from './interpret-rule.ts';
import type { Outcome, Packet } from './interpret.ts';
import type { BaseHook, Chain, Ruleset } from './model.ts';

type Hook = BaseHook['hook'];

/** How a chain, or a rule, ends: null goes on behind it. */
type End = 'accept' | 'drop' | 'reject' | 'return' | null;

export class Journey {
  readonly #ruleset: Ruleset;
  readonly #packet: Packet;
  readonly #fields: PacketFields;
  #mark = 0;
  #isTranslated = false;
  #isMasqueraded = false;

  constructor(ruleset: Ruleset, packet: Packet, dice: Dice) {
    this.#ruleset = ruleset;
    this.#packet = packet;
    this.#fields = new PacketFields(ruleset, packet, dice);
  }

  go(): Outcome {
    const first = this.#packet.from === 'node' ? 'output' : 'prerouting';
    const end = this.#meet(first) ?? this.#leave(first);
    if (end !== null) return { kind: end };
    const isMasqueraded = this.#isMasqueraded;
    return this.#isTranslated
      ? { kind: 'sent', address: this.#fields.daddr, port: this.#fields.dport, isMasqueraded }
      : { kind: 'untouched', isMasqueraded };
  }

  /** After the first hook: routed to the node itself, or through it. */
  #leave(first: Hook): 'drop' | 'reject' | null {
    const isHere = this.#packet.nodeIPs.includes(this.#fields.daddr);
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
        return matches(this.#packet.nodeIPs.includes(this.#fields.address(statement.address)));
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
        return matches(!isIn(statement.range, this.#fields.value(statement.field) ?? ''));
      case 'is in':
        return matches(this.#fields.isInSet(statement.key, statement.set) !== statement.isInverted);
      case 'set mark':
        this.#mark =
          statement.operation === 'or' ? this.#mark | statement.bits : this.#mark ^ statement.bits;
        return 'goes on';
      case 'set ct mark': {
        const mark = this.#fields.find(statement);
        if (mark !== null) this.#fields.connectionMark = Number(mark);
        return matches(mark !== null);
      }
      case 'vmap': {
        const verdict = this.#fields.find(statement);
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
    const found = this.#fields.find(addresses);
    const port = ports && this.#fields.find(ports);
    if (found === null || port === null) return 'does not match';
    const [address = '', ownPort] = found.split(' . ');
    this.#fields.daddr = address;
    this.#fields.dport = Number(port ?? ownPort);
    this.#isTranslated = true;
    return 'accept';
  }
}
