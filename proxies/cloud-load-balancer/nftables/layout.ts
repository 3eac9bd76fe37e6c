/**
 * The table of the cloud's load balancers, one for each family: what is the same whatever Services there are. What
 * Services want is in elements of its maps, and in chains that Services with the same targets share.
 *
 * A packet of `VIP` is not tracked: only one direction of its connection comes by. Its flow is kept in the map
 * `flows`, by a hash (of nft 1.0.6, no IPv6 flow fits as a key), with the mark of its node.
 */
import type { BaseHook, Chain, Collection, NftFamily, Rule } from '../../kit/nftables/model.ts';
import type { Family } from '../service.ts';

export const tableName = 'cloud-lb';
export const tableComment = 'load balancers for Services';
/** Who listens here is told each flow of `VIP` that begins. */
export const logGroup = 0x1b;

export function nftFamily(family: Family): NftFamily {
  return family === 'IPv4' ? 'ip' : 'ip6';
}

/** Where a packet goes, as a key of the maps. */
export function destinationKey(ip: NftFamily): string {
  return `${ip} daddr . meta l4proto . th dport`;
}

/** By what flows are kept: each by itself, or all of one client to one load balancer together. */
export function flowKey(ip: NftFamily, affinity: 'None' | 'ClientIP'): string {
  const parts =
    affinity === 'None'
      ? `${ip} saddr . th sport . ${ip} daddr . th dport . meta l4proto`
      : `${ip} saddr . ${ip} daddr`;
  return `jhash ${parts} mod 4294967295 seed 0x1c`;
}

export const timeouts = {
  /** A connection that begins, or ends. */
  opening: '60s',
  tcp: '2h',
  datagrams: '3m',
  /** Upstream's of ClientIP. */
  client: '3h',
} as const;

export const keepers = { None: 'keep-flow', ClientIP: 'keep-client' } as const;

/** Of connections of `Proxy`: the mark of their node. */
export const connectionMark = 'ct mark & 0xffff0000 == 0xc1b00000';

export function collectionsOf(family: Family): readonly Collection[] {
  const address = family === 'IPv4' ? 'ipv4_addr' : 'ipv6_addr';
  const destination = [address, 'inet_proto', 'inet_service'];
  const ofType = { by: 'type' } as const;
  return [
    { ...ofType, name: 'addresses', key: [address], comment: 'of load balancers' },
    {
      ...ofType,
      name: 'pools',
      key: [address],
      flags: ['interval'],
      comment: 'that addresses are given from',
    },
    { ...ofType, name: 'source-ranges', key: destination, data: ['verdict'] },
    { ...ofType, name: 'vip', key: destination, data: ['verdict'] },
    { ...ofType, name: 'proxy', key: destination, data: ['verdict'] },
    { ...ofType, name: 'node-ports', key: destination, data: ['inet_service'] },
    { ...ofType, name: 'nodes', key: ['mark'], data: [address], comment: 'of Proxy' },
    { ...ofType, name: 'node-addresses', key: [address], comment: 'of Proxy' },
    { ...ofType, name: 'marks', key: ['mark'], comment: 'of nodes that have a route' },
    {
      by: 'typeof',
      name: 'flows',
      key: ['numgen inc mod 4294967295'],
      data: ['meta mark'],
      flags: ['dynamic', 'timeout'],
      size: 1_048_576,
      comment: 'which node has which',
    },
  ];
}

const raw = -300;
/** Where packets still have the destination that the client gave, and connections are known. */
const beforeDnat = -110;

export function chainsOf(family: Family): readonly Chain[] {
  const ip = nftFamily(family);
  const destination = destinationKey(ip);
  const ours = `${ip} daddr @addresses`;
  const others: Rule = { text: `${ip} daddr != @addresses return` };
  const untracked = [
    others,
    { text: `${destination} vmap @source-ranges` },
    { text: `${destination} vmap @vip` },
  ];
  const translated = [
    { text: 'ct state untracked return' },
    { text: `${destination} vmap @proxy` },
    { text: `${ours} goto refuse` },
    { text: `${ip} daddr @pools goto refuse` },
  ];
  const gone: Rule = {
    text: `${connectionMark} ct direction original ${destination} != @node-ports goto refuse`,
    comment: 'connections to what has gone',
  };
  const invalid = [
    gone,
    { text: `ct state invalid ${ours} drop` },
    {
      text: `ct state invalid ${ip} saddr @node-addresses drop`,
      comment: 'else it would be answered with a reset',
    },
  ];
  return [
    {
      name: 'refuse',
      rules: [{ text: 'meta l4proto tcp reject with tcp reset' }, { text: 'reject' }],
    },
    keeper(ip, 'None'),
    keeper(ip, 'ClientIP'),
    base('raw-prerouting', 'filter', 'prerouting', raw, untracked),
    base('raw-output', 'route', 'output', raw, untracked),
    base('filter-prerouting', 'filter', 'prerouting', beforeDnat, invalid),
    base('filter-output', 'filter', 'output', beforeDnat, [gone]),
    base('nat-prerouting', 'nat', 'prerouting', -100, translated),
    base('nat-output', 'nat', 'output', -100, translated),
    base('nat-postrouting', 'nat', 'postrouting', 100, [
      {
        text: `oifname != "lo" ct status dnat ct original ${ip} daddr @addresses ${ip} daddr @node-addresses masquerade fully-random`,
      },
    ]),
  ];
}

/** Remembers the flow of a packet for longer. */
function keeper(ip: NftFamily, affinity: 'None' | 'ClientIP'): Chain {
  const key = flowKey(ip, affinity);
  const keep = (match: string, timeout: string): Rule => ({
    text: `${match} update @flows { ${key} timeout ${timeout} : meta mark } accept`.trim(),
  });
  const rules =
    affinity === 'ClientIP'
      ? [keep('', timeouts.client)]
      : [
          keep('tcp flags & (fin | rst) != 0x0', timeouts.opening),
          keep('meta l4proto tcp', timeouts.tcp),
          keep('', timeouts.datagrams),
        ];
  return { name: keepers[affinity], rules };
}

function base(
  name: string,
  type: BaseHook['type'],
  hook: BaseHook['hook'],
  priority: number,
  rules: readonly Rule[],
): Chain {
  return { name, rules, hook: { type, hook, priority } };
}
