/** Reads the text of a rule: the part of nft's language that our tables use. */

/** A part of a packet, or of its connection, that keys are made of. */
export type Field =
  | { readonly kind: 'saddr' | 'daddr' | 'original saddr' | 'protocol' | 'dport' | 'ct mark' }
  /** The same, of packets of this protocol only. */
  | { readonly kind: 'dport of'; readonly protocol: string }
  | { readonly kind: 'numgen'; readonly modulus: number; readonly offset: number }
  | { readonly kind: 'jhash'; readonly of: Field };

export type Key = readonly Field[];

export type Verdict =
  | { readonly kind: 'accept' | 'drop' | 'return' | 'reject' }
  | { readonly kind: 'jump' | 'goto'; readonly chain: string };

/** One after the other; the first that does not match ends the rule. */
export type Statement =
  | { readonly kind: 'is new' | 'is translated' | 'masquerade' }
  | { readonly kind: 'is local'; readonly address: 'saddr' | 'daddr' }
  | { readonly kind: 'has mark'; readonly bits: number }
  | { readonly kind: 'set mark'; readonly operation: 'or' | 'xor'; readonly bits: number }
  | { readonly kind: 'set ct mark'; readonly key: Key; readonly map: string }
  | {
      readonly kind: 'came in by';
      readonly name: string;
      /** The name is what names begin with. */
      readonly isPrefix: boolean;
      readonly isInverted: boolean;
    }
  | { readonly kind: 'is protocol'; readonly protocols: readonly string[] }
  | { readonly kind: 'is outside'; readonly field: Field; readonly range: string }
  | {
      readonly kind: 'is in';
      readonly key: Key;
      readonly set: string;
      readonly isInverted: boolean;
    }
  | { readonly kind: 'vmap'; readonly key: Key; readonly map: string }
  | {
      readonly kind: 'dnat';
      readonly addresses: Lookup;
      /** Where the port comes from; absent where the first has both. */
      readonly ports?: Lookup;
    }
  | { readonly kind: 'update'; readonly map: string; readonly key: Key; readonly data: Key }
  | { readonly kind: 'verdict'; readonly verdict: Verdict };

export interface Lookup {
  readonly key: Key;
  readonly map: string;
}

const read = new Map<string, readonly Statement[]>();

/** @throws Error naming what it cannot read */
export function readRule(text: string): readonly Statement[] {
  let statements = read.get(text);
  if (statements === undefined) {
    statements = [...statementsOf(text)];
    read.set(text, statements);
  }
  return statements;
}

export function readVerdict(text: string): Verdict {
  const [kind = '', chain = ''] = text.split(' ');
  if (kind === 'jump' || kind === 'goto') return { kind, chain };
  if (kind === 'accept' || kind === 'drop' || kind === 'return' || kind === 'reject') {
    return { kind };
  }
  throw new Error(`not a verdict: ${text}`);
}

const field =
  '(?:ct original ip6? [sd]addr|ip6? [sd]addr|meta l4proto|(?:th|tcp|udp|sctp) dport|ct mark|' +
  'numgen random mod \\d+(?: offset \\d+)?|jhash (?:ct original )?ip6? saddr mod \\d+ seed \\S+)';
const key = `${field}(?: \\. ${field})*`;

/** The statements that there are, each from its words; the longer before those that begin alike. */
const forms: readonly (readonly [RegExp, (groups: readonly string[]) => Statement])[] = [
  form('ct state new', () => ({ kind: 'is new' })),
  form('ct status dnat', () => ({ kind: 'is translated' })),
  form('masquerade fully-random', () => ({ kind: 'masquerade' })),
  form('fib ([sd]addr) type local', ([address]) => ({
    kind: 'is local',
    address: address === 'saddr' ? 'saddr' : 'daddr',
  })),
  form('iifname (!= )?"([^"*]+)(\\*?)"', ([not, name = '', star]) => ({
    kind: 'came in by',
    name,
    isPrefix: star === '*',
    isInverted: not !== undefined,
  })),
  form('meta mark and (\\S+) != 0', ([bits]) => ({ kind: 'has mark', bits: Number(bits) })),
  form('meta mark set meta mark (or|xor) (\\S+)', ([operation, bits]) => ({
    kind: 'set mark',
    operation: operation === 'or' ? 'or' : 'xor',
    bits: Number(bits),
  })),
  form(`ct mark set (${key}) map @(\\S+)`, ([words = '', map = '']) => ({
    kind: 'set ct mark',
    key: readKey(words),
    map,
  })),
  form('meta l4proto \\{ ([^}]+) \\}', ([protocols = '']) => ({
    kind: 'is protocol',
    protocols: protocols.split(', '),
  })),
  form(
    `dnat ip6? to (${key}) map @(\\S+) : (${key}) map @(\\S+)`,
    ([words = '', map = '', portWords = '', portMap = '']) => ({
      kind: 'dnat',
      addresses: { key: readKey(words), map },
      ports: { key: readKey(portWords), map: portMap },
    }),
  ),
  form(`dnat ip6? to (${key}) map @(\\S+)`, ([words = '', map = '']) => ({
    kind: 'dnat',
    addresses: { key: readKey(words), map },
  })),
  form(
    `update @(\\S+) \\{ (${key}) timeout \\d+s : (${key}) \\}`,
    ([map = '', words = '', data = '']) => ({
      kind: 'update',
      map,
      key: readKey(words),
      data: readKey(data),
    }),
  ),
  form(`(${key}) vmap @(\\S+)`, ([words = '', map = '']) => ({
    kind: 'vmap',
    key: readKey(words),
    map,
  })),
  form(`(${key}) (!= )?@(\\S+)`, ([words = '', not, set = '']) => ({
    kind: 'is in',
    key: readKey(words),
    set,
    isInverted: not !== undefined,
  })),
  form(`(${field}) != ([0-9a-f.:/]+)`, ([words = '', range = '']) => ({
    kind: 'is outside',
    field: readField(words),
    range,
  })),
  form('((?:jump|goto) \\S+|accept|drop|return|reject)', ([verdict = '']) => ({
    kind: 'verdict',
    verdict: readVerdict(verdict),
  })),
];

function form(
  pattern: string,
  make: (groups: readonly string[]) => Statement,
): readonly [RegExp, (groups: readonly string[]) => Statement] {
  return [new RegExp(`${pattern}(?: |$)`, 'y'), make];
}

function* statementsOf(text: string): Generator<Statement> {
  for (let position = 0; position < text.length;) {
    const statement = statementAt(text, position);
    if (statement === null) throw new Error(`cannot read "${text.slice(position)}" of "${text}"`);
    yield statement.statement;
    position = statement.end;
  }
}

function statementAt(text: string, position: number): { statement: Statement; end: number } | null {
  for (const [pattern, make] of forms) {
    pattern.lastIndex = position;
    const match = pattern.exec(text);
    if (match !== null) return { statement: make(match.slice(1)), end: pattern.lastIndex };
  }
  return null;
}

function readKey(words: string): Key {
  return words.split(' . ').map(readField);
}

const plainFields: Readonly<Record<string, Field>> = {
  'ip saddr': { kind: 'saddr' },
  'ip6 saddr': { kind: 'saddr' },
  'ip daddr': { kind: 'daddr' },
  'ip6 daddr': { kind: 'daddr' },
  'ct original ip saddr': { kind: 'original saddr' },
  'ct original ip6 saddr': { kind: 'original saddr' },
  'meta l4proto': { kind: 'protocol' },
  'th dport': { kind: 'dport' },
  'ct mark': { kind: 'ct mark' },
};

function readField(words: string): Field {
  const plain = plainFields[words];
  if (plain !== undefined) return plain;
  const [, modulus, offset = '0'] = /^numgen random mod (\d+)(?: offset (\d+))?$/.exec(words) ?? [];
  if (modulus !== undefined) {
    return { kind: 'numgen', modulus: Number(modulus), offset: Number(offset) };
  }
  const [, hashed] = /^jhash (.+) mod /.exec(words) ?? [];
  if (hashed !== undefined) return { kind: 'jhash', of: readField(hashed) };
  const [, protocol] = /^(tcp|udp|sctp) dport$/.exec(words) ?? [];
  if (protocol !== undefined) return { kind: 'dport of', protocol };
  throw new Error(`not a part of a packet: ${words}`);
}
