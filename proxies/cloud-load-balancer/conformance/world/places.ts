/** Who is where in the world, and which ports mean what. */
import type { Family, Transport } from '../../service.ts';

export const nodeNumbers = [1, 2, 3] as const;
export type NodeNumber = (typeof nodeNumbers)[number];
export type Machine = 'client' | 'balancer' | `node-${NodeNumber}`;

export interface Leg {
  readonly machine: Machine;
  /** Its interface, and the router's bridge. */
  readonly device: 'outside' | 'cluster';
  readonly addresses: Readonly<Record<Family, readonly string[]>>;
}

export const routerAddresses = {
  outside: { IPv4: '192.0.2.1', IPv6: '2001:db8::1' },
  cluster: { IPv4: '172.30.0.1', IPv6: 'fd00:172:30::1' },
} as const;

/** The second address of the client is the one that source ranges leave out. */
export const clientAddresses = {
  IPv4: ['192.0.2.9', '192.0.2.129'],
  IPv6: ['2001:db8::9', '2001:db8::129'],
} as const;

export const balancerAddresses = {
  outside: { IPv4: '192.0.2.3', IPv6: '2001:db8::3' },
  cluster: { IPv4: '172.30.0.3', IPv6: 'fd00:172:30::3' },
} as const;

export const pools = { IPv4: '203.0.113.0/24', IPv6: '2001:db8:113::/64' } as const;

export function nodeAddress(number: NodeNumber, family: Family): string {
  return family === 'IPv4' ? `172.30.0.1${number}` : `fd00:172:30::1${number}`;
}

export const legs: readonly Leg[] = [
  { machine: 'client', device: 'outside', addresses: clientAddresses },
  { machine: 'balancer', device: 'outside', addresses: lists(balancerAddresses.outside) },
  { machine: 'balancer', device: 'cluster', addresses: lists(balancerAddresses.cluster) },
  ...nodeNumbers.map((number): Leg => {
    const of = (family: Family) => [nodeAddress(number, family)];
    return {
      machine: `node-${number}`,
      device: 'cluster',
      addresses: { IPv4: of('IPv4'), IPv6: of('IPv6') },
    };
  }),
];

/** What nodes serve, at their own address and, as kube-proxy does, at each of the pools' by its port. */
export const served: readonly {
  readonly protocol: Transport;
  readonly port: number;
  readonly nodePort: number;
}[] = [
  { protocol: 'TCP', port: 80, nodePort: 30080 },
  { protocol: 'TCP', port: 81, nodePort: 30081 },
  { protocol: 'UDP', port: 80, nodePort: 30053 },
  { protocol: 'SCTP', port: 80, nodePort: 30090 },
];

function lists(addresses: Readonly<Record<Family, string>>): Leg['addresses'] {
  return { IPv4: [addresses.IPv4], IPv6: [addresses.IPv6] };
}
