/** Where a node is reached by load balancers. */
import { isIPv6 } from 'node:net';
import type { Family, Node, NodeAddress } from '../service.ts';

/** Its InternalIP, or else its ExternalIP; null where it has none of the family. */
export function addressOfNode(node: Node, family: Family): string | null {
  return first(node, family, ['InternalIP', 'ExternalIP']);
}

/** As klipper and others show nodes to the world: the ExternalIP, or else the InternalIP. */
export function shownAddressOfNode(node: Node, family: Family): string | null {
  return first(node, family, ['ExternalIP', 'InternalIP']);
}

function first(node: Node, family: Family, types: readonly NodeAddress['type'][]): string | null {
  const addresses = (node.status?.addresses ?? []).filter(
    ({ address }) => isIPv6(address) === (family === 'IPv6'),
  );
  for (const type of types) {
    const found = addresses.find((each) => each.type === type);
    if (found) return found.address;
  }
  return null;
}
