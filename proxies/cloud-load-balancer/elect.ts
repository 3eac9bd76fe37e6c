/** Which node an address is at, where one node has it all: the choice that MetalLB's speakers make in L2 mode. */
import { createHash } from 'node:crypto';
import type { ForwardedAddress, Target } from './forwarding.ts';

/**
 * One target for each address, of its family; none where there is none. Everybody who knows the same nodes elects the
 * same, and a node that goes moves only the addresses that were at it.
 */
export function electTargets(
  targets: readonly Target[],
  addresses: readonly ForwardedAddress[],
): readonly Target[] {
  return addresses.flatMap(({ family, address }) =>
    first(
      targets.filter((target) => target.family === family),
      address,
    ),
  );
}

function first(targets: readonly Target[], address: string): readonly Target[] {
  const ranked = targets.map((target) => ({ target, rank: rankOf(target.node, address) }));
  ranked.sort((one, other) => Buffer.compare(one.rank, other.rank));
  return ranked.slice(0, 1).map(({ target }) => target);
}

function rankOf(node: string, address: string): Buffer {
  return createHash('sha256').update(`${node}#${address}`).digest();
}
