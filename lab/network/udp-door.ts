/** A UDP door's inner side: each client outside has a socket of its own in here, as behind a NAT. */
import type { Socket } from 'node:dgram';
import { forwardUdp } from '../../proxies/kit/l4/udp-forwarder.ts';
import { UdpSessions } from '../../proxies/kit/l4/udp-sessions.ts';
import { parseEndpoint } from './endpoint.ts';

const idleMs = 60_000;
const maxClients = 1_024;

/** Serves the door until it is disposed. A client that is silent for a minute is forgotten. */
export function serveUdpDoor(outer: Socket, target: string): Disposable {
  const { host, port } = parseEndpoint(target);
  const backend = { address: host, port };
  outer.on('error', () => undefined);
  return forwardUdp(outer, {
    sessions: new UdpSessions({ idleMs, limit: maxClients }),
    choose: () => backend,
  });
}
