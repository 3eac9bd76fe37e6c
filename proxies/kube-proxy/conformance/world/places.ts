/** Where the addresses of the cases are in the world: four places, the node in the middle. */
import { nodeIPs } from '../cases/addresses.ts';
import { twinOf } from '../cases/ipv6.ts';

/** Everything goes through the node: its pods, another node's pods, and the rest of the world. */
export const leaves = ['pods', 'second-node', 'outside'] as const;
export type Leaf = (typeof leaves)[number];
export type Place = Leaf | 'node';

export interface PlacePlan {
  readonly addresses: readonly string[];
  /** The node's address on the cable there: what masqueraded packets come from. */
  readonly gateway: string;
}

/** `outside` has whatever a proxy should have captured, too: who answers there was let through. */
const inIPv4: Readonly<Record<Leaf, PlacePlan>> = {
  pods: {
    addresses: [
      '10.0.0.2',
      ...['10.180.0.1', '10.180.0.2', '10.180.0.3'],
      ...['10.0.1.1', '10.0.1.2', '10.0.1.3', '10.0.1.4'],
      ...['10.1.2.3', '10.1.2.4', '10.0.2.1', '10.0.2.2'],
    ],
    gateway: '10.255.0.1',
  },
  'second-node': {
    addresses: [
      ...['10.180.1.1', '10.180.1.2', '10.180.1.3', '10.180.2.1'],
      ...['10.0.1.5', '10.1.2.5', '10.1.2.6', '10.0.2.3', '10.0.2.4'],
    ],
    gateway: '10.255.1.1',
  },
  outside: {
    addresses: [
      ...['203.0.113.2', '203.0.113.130'],
      ...['1.2.3.4', '5.6.7.8', '9.10.11.12', '192.168.99.22'],
      ...['172.30.0.41', '172.30.0.42', '172.30.0.43', '172.30.0.50', '172.30.1.1'],
    ],
    gateway: '192.168.9.1',
  },
};

/** With both families. The gateway of a family is at its index. */
export const places = mapLeaves(({ addresses, gateway }) => ({
  addresses: [...addresses, ...addresses.map(twinOf)],
  gateways: [gateway, twinOf(gateway)] as const,
}));

export const nodeAddresses: readonly string[] = [...nodeIPs, ...nodeIPs.map(twinOf)];

/** @throws Error for an address that is nowhere */
export function placeOf(address: string): Place {
  if (nodeAddresses.includes(address)) return 'node';
  const leaf = leaves.find((one) => places[one].addresses.includes(address));
  if (leaf === undefined) throw new Error(`${address} is nowhere in the world.`);
  return leaf;
}

function mapLeaves<T>(map: (plan: PlacePlan) => T): Readonly<Record<Leaf, T>> {
  return {
    pods: map(inIPv4.pods),
    'second-node': map(inIPv4['second-node']),
    outside: map(inIPv4.outside),
  };
}
