/** What one Service's load balancer wants in the table of one family. Pure. */
import { isEverybody } from '../../kit/nftables/source-ranges.ts';
import { distinctRanges } from '../../kit/nftables/source-ranges.ts';
import { isIPv6 } from 'node:net';
import type { ForwardedPort, Forwarding, Target } from '../forwarding.ts';
import type { Family } from '../service.ts';

export interface Wanted {
  readonly addresses: readonly string[];
  readonly ports: readonly ForwardedPort[];
  readonly mode: Forwarding['mode'];
  readonly affinity: Forwarding['sessionAffinity'];
  /** Of this family, in the order of their names. */
  readonly targets: readonly Target[];
  /** Of this family; null: everybody may come. */
  readonly sourceRanges: readonly string[] | null;
}

export function wantedOf(family: Family, forwarding: Forwarding): Wanted {
  const { mode, ports, sourceRanges, sessionAffinity } = forwarding;
  const ranges = sourceRanges.filter(
    (range) => isIPv6(range.split('/')[0] ?? '') === (family === 'IPv6'),
  );
  const isOpen = sourceRanges.length === 0 || ranges.some(isEverybody);
  return {
    addresses: forwarding.addresses
      .filter((each) => each.family === family)
      .map(({ address }) => address),
    ports,
    mode,
    affinity: sessionAffinity,
    targets: forwarding.targets
      .filter((target) => target.family === family)
      .toSorted((a, b) => (a.node < b.node ? -1 : 1)),
    sourceRanges: isOpen ? null : distinctRanges(ranges).toSorted(),
  };
}

/** `203.0.113.5 . tcp . 80` of each port of each address. */
export function destinationsOf({ addresses, ports }: Wanted) {
  return addresses.flatMap((address) =>
    ports.map((port) => ({
      ...port,
      address,
      key: `${address} . ${port.protocol.toLowerCase()} . ${port.port}`,
    })),
  );
}
