/**
 * The sets and maps of the table `kube-proxy`, as data: what each holds, for the rules, the page and the live
 * view. There is none per Service, and none per endpoint.
 */

export type CollectionName =
  | 'cluster-ips'
  | 'nodeport-ips'
  | 'pod-cidrs'
  | 'service-cidrs'
  | 'hairpin-connections'
  | 'service-ips'
  | 'service-nodeports'
  | 'external-ips'
  | 'external-nodeports'
  | 'local-ips'
  | 'local-nodeports'
  | `${'tcp' | 'udp' | 'sctp'}-${'endpoints' | 'nodeport-endpoints'}`
  | 'no-endpoint-services'
  | 'no-endpoint-nodeports'
  | 'firewall-ips'
  | 'firewall-allowed'
  | 'affinity-ids'
  | 'nodeport-affinity-ids'
  | 'local-affinity-ids'
  | 'local-nodeport-affinity-ids'
  | 'affinity-timeouts'
  | 'affinity'
  | 'affinity-ports';

/** The numbers of Local endpoints begin here, in the same maps as all others. */
export const firstLocalSlot = 100_000;

/** A part of a key, or of what it leads to; `client` is how affinity remembers a source. */
export type KeyPart =
  | 'saddr'
  | 'daddr'
  | 'protocol'
  | 'port'
  | `${'tcp' | 'udp' | 'sctp'} port`
  | 'slot'
  | 'ct mark'
  | 'client'
  | 'verdict';

export interface CollectionFact {
  readonly name: CollectionName;
  readonly kind: 'set' | 'map';
  readonly key: readonly KeyPart[];
  readonly data?: readonly KeyPart[];
  readonly flags?: readonly ('interval' | 'dynamic' | 'timeout')[];
  readonly size?: number;
  /** What it holds: its comment in the kernel. */
  readonly comment: string;
}

const address = ['daddr', 'protocol', 'port'] as const;
const nodePort = ['protocol', 'port'] as const;
const backend = ['daddr', 'port'] as const;
const remembered = { flags: ['dynamic', 'timeout'], size: 1_048_576 } as const;

/** In the order in which packets meet them. */
export const collectionFacts: readonly CollectionFact[] = [
  {
    name: 'firewall-ips',
    kind: 'set',
    key: address,
    comment: 'destinations that are subject to LoadBalancerSourceRanges',
  },
  {
    name: 'firewall-allowed',
    kind: 'set',
    key: [...address, 'saddr'],
    flags: ['interval'],
    comment: 'LoadBalancerSourceRanges, by destination',
  },
  { name: 'cluster-ips', kind: 'set', key: ['daddr'], comment: 'Active ClusterIPs' },
  {
    name: 'pod-cidrs',
    kind: 'set',
    key: ['saddr'],
    flags: ['interval'],
    comment: 'sources that are pods',
  },
  {
    name: 'external-ips',
    kind: 'map',
    key: address,
    data: ['verdict'],
    comment: 'ExternalIPs and LoadBalancer IPs: to masquerade, or with the Local policy',
  },
  {
    name: 'local-ips',
    kind: 'map',
    key: address,
    data: ['verdict'],
    comment: 'ExternalIP and LoadBalancer IP traffic from outside with the Local policy',
  },
  {
    name: 'service-ips',
    kind: 'map',
    key: address,
    data: ['verdict'],
    comment: 'ClusterIP, ExternalIP and LoadBalancer IP traffic',
  },
  {
    name: 'nodeport-ips',
    kind: 'set',
    key: ['daddr'],
    comment: 'IPs that accept NodePort traffic',
  },
  {
    name: 'external-nodeports',
    kind: 'map',
    key: nodePort,
    data: ['verdict'],
    comment: 'NodePorts: to masquerade, or with the Local policy',
  },
  {
    name: 'local-nodeports',
    kind: 'map',
    key: nodePort,
    data: ['verdict'],
    comment: 'NodePort traffic from outside with the Local policy',
  },
  {
    name: 'service-nodeports',
    kind: 'map',
    key: nodePort,
    data: ['verdict'],
    comment: 'NodePort traffic',
  },
  ...(['tcp', 'udp', 'sctp'] as const).flatMap((protocol): readonly CollectionFact[] => [
    {
      name: `${protocol}-endpoints`,
      kind: 'map',
      key: ['daddr', `${protocol} port`, 'slot'],
      data: ['daddr', `${protocol} port`],
      comment: `${protocol} endpoints of service-ips, numbered; of local-ips from ${firstLocalSlot}`,
    },
    {
      name: `${protocol}-nodeport-endpoints`,
      kind: 'map',
      key: [`${protocol} port`, 'slot'],
      data: ['daddr', `${protocol} port`],
      comment: `${protocol} endpoints of service-nodeports, numbered; of local-nodeports from ${firstLocalSlot}`,
    },
  ]),
  {
    name: 'affinity-ids',
    kind: 'map',
    key: address,
    data: ['ct mark'],
    comment: 'ClientIP affinity of service-ips: id in affinity',
  },
  {
    name: 'local-affinity-ids',
    kind: 'map',
    key: address,
    data: ['ct mark'],
    comment: 'ClientIP affinity of local-ips: id in affinity',
  },
  {
    name: 'nodeport-affinity-ids',
    kind: 'map',
    key: nodePort,
    data: ['ct mark'],
    comment: 'ClientIP affinity of service-nodeports: id in affinity',
  },
  {
    name: 'local-nodeport-affinity-ids',
    kind: 'map',
    key: nodePort,
    data: ['ct mark'],
    comment: 'ClientIP affinity of local-nodeports: id in affinity',
  },
  {
    name: 'affinity-timeouts',
    kind: 'map',
    key: ['ct mark'],
    data: ['verdict'],
    comment: 'how long affinity remembers, by id',
  },
  {
    name: 'affinity',
    kind: 'map',
    key: ['client', 'ct mark'],
    data: backend,
    ...remembered,
    comment: 'the endpoint of each client with ClientIP affinity',
  },
  {
    name: 'affinity-ports',
    kind: 'map',
    key: ['client', 'ct mark'],
    data: ['port'],
    ...remembered,
    comment: 'the port of that endpoint, in IPv6',
  },
  {
    name: 'hairpin-connections',
    kind: 'set',
    key: ['saddr', 'daddr', 'protocol', 'port'],
    comment: 'service hairpin connections',
  },
  {
    name: 'no-endpoint-services',
    kind: 'map',
    key: address,
    data: ['verdict'],
    comment: 'vmap to drop or reject packets to services with no endpoints',
  },
  {
    name: 'no-endpoint-nodeports',
    kind: 'map',
    key: nodePort,
    data: ['verdict'],
    comment: 'vmap to drop or reject packets to service nodeports with no endpoints',
  },
  {
    name: 'service-cidrs',
    kind: 'set',
    key: ['daddr'],
    flags: ['interval'],
    comment: 'where ClusterIPs are taken from',
  },
];
