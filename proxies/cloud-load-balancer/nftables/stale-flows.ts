/**
 * Connections that conntrack keeps on a way which is no more: those of a load balancer, or of a port of it, that has
 * gone; and of a node that has, what is not connected: datagrams, and connections that nobody has answered.
 */
import type { ConntrackEntry } from '../../kit/netlink/conntrack-entry.ts';
import { deleteConntrack, listConntrack } from '../../kit/netlink/conntrack.ts';
import type { Family } from '../service.ts';
import { destinationsOf, type Wanted } from './wanted.ts';

/** What has gone of one load balancer, in one family. */
export interface Gone {
  readonly family: Family;
  /** `203.0.113.5 . tcp . 80`: those that are no more, or lead elsewhere. */
  readonly destinations: ReadonlySet<string>;
  /** Those that are still there, and where they may lead: nodes' addresses. */
  readonly kept: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Null where nothing has that conntrack could keep. */
export function goneOf(family: Family, before: Wanted | null, after: Wanted | null): Gone | null {
  if (before?.mode !== 'Proxy') return null;
  const still = new Map(
    (after?.mode === 'Proxy' ? destinationsOf(after) : []).map((one) => [one.key, one.nodePort]),
  );
  const nodes = new Set(after?.targets.map(({ address }) => address));
  const hasLost = before.targets.some(({ address }) => !nodes.has(address));
  const destinations = new Set<string>();
  const kept = new Map<string, ReadonlySet<string>>();
  for (const { key, nodePort } of destinationsOf(before)) {
    if (still.get(key) !== nodePort) destinations.add(key);
    else if (hasLost) kept.set(key, nodes);
  }
  return destinations.size + kept.size === 0 ? null : { family, destinations, kept };
}

/** The kernel walks through all that it tracks: so all that has gone is looked for at once. */
export async function forgetFlows(all: readonly Gone[]): Promise<void> {
  for (const family of new Set(all.map((gone) => gone.family))) {
    const gone = all.filter((each) => each.family === family);
    const isStale = staleIn(gone);
    for (const protocol of ['UDP', 'TCP', 'SCTP'] as const) {
      if (!gone.some((each) => isAbout(each, protocol.toLowerCase()))) continue;
      for await (const entries of listConntrack({ family, protocol })) {
        await deleteConntrack(entries.filter(isStale));
      }
    }
  }
}

function isAbout({ destinations, kept }: Gone, protocol: string): boolean {
  return [...destinations, ...kept.keys()].some((key) => key.includes(` ${protocol} `));
}

function staleIn(all: readonly Gone[]): (entry: ConntrackEntry) => boolean {
  const destinations = new Set(all.flatMap((gone) => [...gone.destinations]));
  const kept = new Map(all.flatMap((gone) => [...gone.kept]));
  return (entry) => {
    const { protocol, original, reply, tcpState, isDestinationNat } = entry;
    if (!isDestinationNat) return false;
    const key = `${original.destination} . ${protocol.toLowerCase()} . ${original.destinationPort}`;
    if (destinations.has(key)) return true;
    const nodes = kept.get(key);
    if (!nodes || nodes.has(reply.source)) return false;
    return protocol === 'UDP' || tcpState === 'SYN_SENT';
  };
}
