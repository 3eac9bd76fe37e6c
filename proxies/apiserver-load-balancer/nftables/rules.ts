/** The table of the load balancer, one for each family, as text of the nft language. */
import type { BaseHook, Chain, NftFamily, Rule } from '../../kit/nftables/model.ts';
import { nftWriter } from '../../kit/nftables/write.ts';
import type { Backend, Family } from '../backend.ts';
import type { ListenAddress } from '../dataplane.ts';

export const tableName = 'apiserver-lb';
export const tableComment = 'the load balancer in front of the apiservers';

/** Marks the SYN that we send in another's name: connection tracking must not see it. */
export const untrackedMark = 0x1b;

export const counterNames = ['accepted', 'refused'] as const;
export type CounterName = (typeof counterNames)[number];

export interface TableOptions {
  readonly family: Family;
  /** Those of this family. */
  readonly listen: readonly ListenAddress[];
}

/** What changes from plan to plan. */
export interface TableContents {
  /** Who gets the next connections, one after the other and from the beginning again; empty: nobody. */
  readonly turns: readonly Backend[];
  /** All that may have connections of ours. */
  readonly backends: readonly Backend[];
}

export function nftFamily(family: Family): NftFamily {
  return family === 'IPv4' ? 'ip' : 'ip6';
}

/** Replaces the table, whatever it was; connections that are tracked stay on their way. */
export function wholeTable(options: TableOptions, contents: TableContents): readonly string[] {
  const writer = nftWriter(nftFamily(options.family), tableName);
  const chains = chainsOf(options, contents);
  return [
    ...withoutTable(options.family),
    writer.addTable(tableComment),
    ...counterNames.map((name) => writer.addCounter(name)),
    writer.addCollection(backendSet(options.family)),
    ...addBackends(options.family, contents.backends),
    ...chains.map((chain) => writer.addChain(chain)),
    ...chains.flatMap(({ name, rules }) => rules.map((rule) => writer.addRule(name, rule))),
  ];
}

/** Whether there is one or not. */
export function withoutTable(family: Family): readonly string[] {
  const writer = nftWriter(nftFamily(family), tableName);
  return [writer.addTable(tableComment), writer.deleteTable()];
}

/** What makes of one table's contents the other's. */
export function tableChange(
  family: Family,
  before: TableContents,
  after: TableContents,
): readonly string[] {
  const writer = nftWriter(nftFamily(family), tableName);
  const gone = withoutThose(before.backends, after.backends);
  const rules = balanceRules(family, after.turns);
  const isSame = JSON.stringify(rules) === JSON.stringify(balanceRules(family, before.turns));
  return [
    ...(gone.length === 0 ? [] : [writer.deleteElements(backendsName, gone.map(elementOf))]),
    ...addBackends(family, withoutThose(after.backends, before.backends)),
    ...(isSame
      ? []
      : [writer.flushChain('balance'), ...rules.map((rule) => writer.addRule('balance', rule))]),
  ];
}

const backendsName = 'backends';

function backendSet(family: Family) {
  return {
    name: backendsName,
    by: 'type',
    key: [family === 'IPv4' ? 'ipv4_addr' : 'ipv6_addr', 'inet_service'],
    comment: 'who has connections from here',
  } as const;
}

function addBackends(family: Family, backends: readonly Backend[]): readonly string[] {
  if (backends.length === 0) return [];
  const writer = nftWriter(nftFamily(family), tableName);
  return [writer.addElements(backendsName, backends.map(elementOf))];
}

function withoutThose(backends: readonly Backend[], others: readonly Backend[]): Backend[] {
  const names = new Set(others.map(({ name }) => name));
  return backends.filter(({ name }) => !names.has(name));
}

function elementOf({ address, port }: Backend): string {
  return `${address} . ${port}`;
}

/** Where packets still have the destination that the client gave. */
const beforeDnat = -110;
/** Where connections are not tracked yet. */
const raw = -300;
const flags = 'tcp flags & (fin | syn | rst | ack)';

function chainsOf(options: TableOptions, { turns }: TableContents): readonly Chain[] {
  const { family, listen } = options;
  const ip = nftFamily(family);
  const toListeners = listen.map((listener) => matchOf(ip, listener));
  return [
    chain('balance', balanceRules(family, turns)),
    chain('strays', [
      {
        text: `ct state new ${flags} != syn reject with tcp reset`,
        comment: 'segments of connections that are no more',
      },
    ]),
    base('untracked', 'filter', 'output', raw, [
      {
        text: `meta mark 0x${untrackedMark.toString(16)} ${flags} == syn notrack`,
        comment: 'what wakes the clients of dead backends',
      },
    ]),
    base('filter-prerouting', 'filter', 'prerouting', beforeDnat, [
      { text: 'ct state established,related accept' },
      ...toListeners.map((match) => ({ text: `${match} jump strays` })),
      ...toListeners.map((match) => ({ text: `${match} ct state invalid drop` })),
      {
        text: `ct state invalid ${ip} saddr . tcp sport @${backendsName} drop`,
        comment: 'else it would be answered with a reset',
      },
    ]),
    base('filter-output', 'filter', 'output', beforeDnat, [
      { text: 'ct state established,related accept' },
      ...toListeners.map((match) => ({ text: `${match} jump strays` })),
    ]),
    base(
      'nat-prerouting',
      'nat',
      'prerouting',
      -100,
      toListeners.map((match) => ({ text: `${match} goto balance` })),
    ),
    base(
      'nat-output',
      'nat',
      'output',
      -100,
      toListeners.map((match) => ({ text: `${match} goto balance` })),
    ),
    base(
      'nat-postrouting',
      'nat',
      'postrouting',
      100,
      listen.map((listener) => ({ text: masquerade(ip, listener) })),
    ),
  ];
}

/** Without loopback: its packets do not leave the machine. */
function matchOf(ip: NftFamily, { host, port }: ListenAddress): string {
  if (!isAny(host)) return `${ip} daddr ${host} tcp dport ${port}`;
  const loopback = ip === 'ip' ? '127.0.0.0/8' : '::1';
  return `tcp dport ${port} ${ip} daddr != ${loopback} fib daddr type local`;
}

/** Whatever the client's address: the backend answers to us. What stays on the machine needs none. */
function masquerade(ip: NftFamily, { host, port }: ListenAddress): string {
  return (
    'oifname != "lo" meta l4proto tcp ct status dnat ' +
    (isAny(host) ? '' : `ct original ${ip} daddr ${host} `) +
    `ct original proto-dst ${port} ${ip} daddr . tcp dport @${backendsName} masquerade fully-random`
  );
}

export function isAny(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

function balanceRules(family: Family, turns: readonly Backend[]): readonly Rule[] {
  const refused: Rule = {
    text: 'counter name "refused"',
    comment: 'nobody may have it: the kernel refuses it',
  };
  return turns.length === 0 ? [refused] : [{ text: sendTo(family, turns) }];
}

function sendTo(family: Family, turns: readonly Backend[]): string {
  const elements = turns.map((backend, index) => `${index} : ${elementOf(backend)}`);
  return (
    'meta l4proto tcp counter name "accepted" ' +
    `dnat ${nftFamily(family)} to numgen inc mod ${turns.length} map { ${elements.join(', ')} }`
  );
}

function chain(name: string, rules: readonly Rule[]): Chain {
  return { name, rules };
}

function base(
  name: string,
  type: BaseHook['type'],
  hook: BaseHook['hook'],
  priority: number,
  rules: readonly Rule[],
): Chain {
  return { ...chain(name, rules), hook: { type, hook, priority } };
}
