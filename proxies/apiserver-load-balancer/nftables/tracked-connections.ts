/** The connections of the load balancer, as conntrack has them. */
import { isIPv6 } from 'node:net';
import type { ConntrackEntry, TcpState } from '../../kit/netlink/conntrack-entry.ts';
import { listConntrack } from '../../kit/netlink/conntrack.ts';
import type { Backend, Family } from '../backend.ts';
import type { ListenAddress } from '../dataplane.ts';
import { isAny } from './rules.ts';

/** Nobody has answered the client yet. */
const beginning: ReadonlySet<TcpState> = new Set(['SYN_SENT', 'SYN_RECV']);
/** Both sides may still have something to say, or one of them. */
const speaking: ReadonlySet<TcpState> = new Set(['ESTABLISHED', 'FIN_WAIT', 'CLOSE_WAIT']);

export function isBeginning({ tcpState }: ConntrackEntry): boolean {
  return tcpState !== undefined && beginning.has(tcpState);
}

export function isSpeaking({ tcpState }: ConntrackEntry): boolean {
  return tcpState !== undefined && speaking.has(tcpState);
}

/** Whether it came to one of the addresses, and was sent to a backend from there. */
export function isOurs(listen: readonly ListenAddress[], entry: ConntrackEntry): boolean {
  const { destination, destinationPort } = entry.original;
  return (
    entry.protocol === 'TCP' &&
    entry.isDestinationNat &&
    listen.some(
      ({ host, port }) =>
        port === destinationPort &&
        familyOf(host) === entry.family &&
        (isAny(host) || host === destination),
    )
  );
}

/** In batches, between which others get their turn; of this backend alone, where one is given. */
export async function* listTracked(
  listen: readonly ListenAddress[],
  backend?: Backend,
): AsyncGenerator<readonly ConntrackEntry[]> {
  const places = new Map(
    listen.map(({ host, port }) => [`${familyOf(host)} ${port}`, { family: familyOf(host), port }]),
  );
  for (const { family, port } of places.values()) {
    if (backend && backend.family !== family) continue;
    const query = { family, protocol: 'TCP', destinationPort: port } as const;
    for await (const entries of listConntrack(backend ? { ...query, backend } : query)) {
      yield entries.filter((entry) => isOurs(listen, entry));
    }
  }
}

export function familyOf(host: string): Family {
  return isIPv6(host) ? 'IPv6' : 'IPv4';
}
