/** Which node an address is at, where one node has it all: the choice that MetalLB's speakers make in L2 mode. */
import { createHash } from 'node:crypto';
import type { ForwardedAddress, Target } from './forwarding.ts';

/**
 * The targets on one node, for all addresses together: the first of them decides. Everybody who knows the same nodes
 * elects the same, and a node that goes moves only what was at it.
 */
export function electTargets(
  targets: readonly Target[],
  [first]: readonly ForwardedAddress[],
): readonly Target[] {
  if (!first) return [];
  const ranked = [...new Set(targets.map(({ node }) => node))]
    .map((node) => ({ node, rank: rankOf(node, first.address) }))
    .sort((one, other) => Buffer.compare(one.rank, other.rank));
  return targets.filter(({ node }) => node === ranked[0]?.node);
}

function rankOf(node: string, address: string): Buffer {
  return createHash('sha256').update(`${node}#${address}`).digest();
}
