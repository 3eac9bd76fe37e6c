/**
 * The fixed part of the table: its sets and maps, and the chains that send packets through them. What Services
 * there are is in the elements alone.
 */
import type { BaseHook, Chain, Collection, NftFamily, Rule } from '../../kit/nftables/model.ts';
import type { DataplaneOptions } from '../dataplane.ts';
import type { Family } from '../service-port.ts';
import {
  collectionFacts,
  type CollectionFact,
  type CollectionName,
  type KeyPart,
} from './layout-facts.ts';

export const tableName = 'kube-proxy';
export const tableComment = 'rules for kube-proxy';

export type LayoutOptions = Pick<
  DataplaneOptions,
  | 'family'
  | 'podCIDRs'
  | 'podInterface'
  | 'nodePortIPs'
  | 'masqueradeBit'
  | 'masqueradeAll'
  | 'isNodeUnknown'
>;

export interface Layout {
  readonly collections: readonly NamedCollection[];
  /** Base chains come last: with them, the rules begin to work. */
  readonly chains: readonly Chain[];
}

type NamedCollection = Collection & { readonly name: CollectionName };

export function nftFamily(family: Family): NftFamily {
  return family === 'IPv4' ? 'ip' : 'ip6';
}

/** How sets and maps of a family are declared. */
const types = {
  ip: { saddr: 'ipv4_addr', daddr: 'ipv4_addr', client: 'ipv4_addr' },
  ip6: { saddr: 'ipv6_addr', daddr: 'ipv6_addr' },
  both: { protocol: 'inet_proto', port: 'inet_service', 'ct mark': 'mark', verdict: 'verdict' },
} as const satisfies Record<string, Partial<Record<KeyPart, string>>>;

/**
 * A number has no type that could be named: such keys are declared by an expression of the type. nft 1.0.6
 * does not list all expressions; it lists this one.
 */
const aNumber = 'numgen random mod 2';

/**
 * What affinity knows a client by. nft 1.0.6 has no room for an IPv6 address beside the mark where packets make
 * elements: there it is a hash, and two clients of one hash share an endpoint.
 */
export function clientExpression(family: NftFamily, address: string): string {
  return family === 'ip' ? address : `jhash ${address} mod 4294967295 seed 0x6b70`;
}

export function layout(options: LayoutOptions): Layout {
  return { collections: collections(options), chains: chains(options) };
}

function collections(options: LayoutOptions): NamedCollection[] {
  const { family, nodePortIPs } = options;
  const isAbsent: Readonly<Partial<Record<CollectionName, boolean>>> = {
    'nodeport-ips': nodePortIPs === null,
    'pod-cidrs': !hasPodCIDRs(options),
    'affinity-ports': family === 'IPv4',
  };
  return collectionFacts
    .filter(({ name }) => isAbsent[name] !== true)
    .map((fact) => declared(nftFamily(family), fact));
}

function declared(
  family: NftFamily,
  { name, key, data, flags, size, comment }: CollectionFact,
): NamedCollection {
  const hasNumber = key.some((part) => part === 'slot' || (part === 'client' && family === 'ip6'));
  const kept =
    name === 'affinity' && family === 'ip6' ? data?.filter((part) => part !== 'port') : data;
  const typeOf = (part: KeyPart): string =>
    hasNumber ? expressionOf(family, part) : typeNameOf(family, part);
  return {
    name,
    by: hasNumber ? 'typeof' : 'type',
    key: key.map(typeOf),
    ...(kept && { data: kept.map(typeOf) }),
    ...(flags && { flags }),
    ...(size !== undefined && { size }),
    comment,
  };
}

function typeNameOf(family: NftFamily, part: KeyPart): string {
  const names: Partial<Record<KeyPart, string>> = { ...types.both, ...types[family] };
  return names[part] ?? 'inet_service';
}

function expressionOf(family: NftFamily, part: KeyPart): string {
  const expressions: Partial<Record<KeyPart, string>> = {
    daddr: `${family} daddr`,
    slot: aNumber,
    client: aNumber,
    port: 'th dport',
    'ct mark': 'ct mark',
    'tcp port': 'tcp dport',
    'udp port': 'udp dport',
    'sctp port': 'sctp dport',
  };
  return expressions[part] ?? part;
}

/** `dstnat - 10`: where packets still have the destination that the client gave. */
const beforeDnat = -110;

function chains(options: LayoutOptions): Chain[] {
  const ip = nftFamily(options.family);
  const mark = `0x${((1 << options.masqueradeBit) >>> 0).toString(16).padStart(8, '0')}`;
  const destination = `${ip} daddr . meta l4proto . th dport`;
  const loopback = ip === 'ip' ? '127.0.0.0/8' : '::1';
  const toNodePort =
    options.nodePortIPs === null
      ? `fib daddr type local ${ip} daddr != ${loopback}`
      : `${ip} daddr @nodeport-ips`;
  const pods = podSources(ip, options);
  const setMark = `meta mark set meta mark or ${mark}`;

  return [
    chain('firewall-check', [
      `${destination} @firewall-ips ${destination} . ${ip} saddr != @firewall-allowed drop`,
    ]),
    chain('services', [
      options.masqueradeAll
        ? [`${ip} daddr @cluster-ips ${setMark}`, 'masquerade clusterIP traffic']
        : pods
          ? [
              `${ip} daddr @cluster-ips ${pods.areNot} ${setMark}`,
              'masquerade clusterIP traffic from outside cluster',
            ]
          : null,
      `${destination} vmap @external-ips`,
      `${destination} vmap @service-ips`,
      `${toNodePort} meta l4proto . th dport vmap @external-nodeports`,
      `${toNodePort} meta l4proto . th dport vmap @service-nodeports`,
    ]),
    chain('mark-external', [[setMark, 'masquerade']]),
    ...(['ips', 'nodeports'] as const).map((kind) =>
      chain(`external-local-${kind}`, [
        pods ? [`${pods.are} return`, 'short-circuit pod traffic'] : null,
        [`fib saddr type local ${setMark} return`, 'masquerade and short-circuit node traffic'],
        kind === 'ips'
          ? `${destination} vmap @local-ips`
          : 'meta l4proto . th dport vmap @local-nodeports',
        ['accept', 'no local endpoint: dropped by no-endpoint-*'],
      ]),
    ),
    chain('masquerading', [
      'ct status dnat ct mark vmap @affinity-timeouts',
      `meta mark and ${mark} != 0 meta mark set meta mark xor ${mark} masquerade fully-random`,
      `ct status dnat ${ip} saddr . ${destination} @hairpin-connections masquerade fully-random`,
    ]),
    chain('reject-chain', [
      ['reject', 'helper for @no-endpoint-services / @no-endpoint-nodeports'],
    ]),
    chain('service-endpoints-check', [`${destination} vmap @no-endpoint-services`]),
    chain('nodeport-endpoints-check', [
      `${toNodePort} meta l4proto . th dport vmap @no-endpoint-nodeports`,
    ]),
    chain('cluster-ips-check', [
      [`${ip} daddr @cluster-ips reject`, 'Reject traffic to invalid ports of ClusterIPs'],
      [`${ip} daddr @service-cidrs drop`, 'Drop traffic to unallocated ClusterIPs'],
    ]),
    base('filter-prerouting-pre-dnat', 'filter', 'prerouting', beforeDnat, [
      'ct state new jump firewall-check',
    ]),
    base('filter-output-pre-dnat', 'filter', 'output', beforeDnat, [
      'ct state new jump firewall-check',
    ]),
    base('filter-input', 'filter', 'input', 0, [
      'ct state new jump nodeport-endpoints-check',
      'ct state new jump service-endpoints-check',
      // Packets to an endpoint on the node itself do not reach postrouting.
      'ct state new ct status dnat ct mark vmap @affinity-timeouts',
    ]),
    base('filter-forward', 'filter', 'forward', 0, [
      'ct state new jump service-endpoints-check',
      'ct state new jump cluster-ips-check',
    ]),
    base('filter-output', 'filter', 'output', 0, [
      'ct state new jump service-endpoints-check',
      'ct state new jump cluster-ips-check',
    ]),
    base('nat-prerouting', 'nat', 'prerouting', -100, ['jump services']),
    base('nat-output', 'nat', 'output', -100, ['jump services']),
    base('nat-postrouting', 'nat', 'postrouting', 100, ['jump masquerading']),
  ];
}

interface PodSources {
  readonly are: string;
  readonly areNot: string;
}

/** How rules tell pods from others; null where nobody knows. What the node sends itself came in nowhere. */
function podSources(ip: NftFamily, options: LayoutOptions): PodSources | null {
  const { podInterface } = options;
  if (podInterface) {
    const names = `"${podInterface.name}${podInterface.isPrefix ? '*' : ''}"`;
    return { are: `iifname ${names}`, areNot: `iifname != ${names}` };
  }
  if (!hasPodCIDRs(options)) return null;
  return { are: `${ip} saddr @pod-cidrs`, areNot: `${ip} saddr != @pod-cidrs` };
}

/** Those that are in force stay until the node is known. */
function hasPodCIDRs({ podCIDRs, podInterface, isNodeUnknown = false }: LayoutOptions): boolean {
  return podCIDRs.length > 0 || (isNodeUnknown && !podInterface);
}

/** A rule, or a rule and its comment; null where the options leave it out. */
type RuleText = string | readonly [text: string, comment: string] | null;

function chain(name: string, rules: readonly RuleText[]): Chain {
  return { name, rules: rules.flatMap(ruleOf) };
}

function base(
  name: string,
  type: BaseHook['type'],
  hook: BaseHook['hook'],
  priority: number,
  rules: readonly RuleText[],
): Chain {
  return { ...chain(name, rules), hook: { type, hook, priority } };
}

function ruleOf(rule: RuleText): Rule[] {
  if (rule === null) return [];
  return typeof rule === 'string' ? [{ text: rule }] : [{ text: rule[0], comment: rule[1] }];
}
