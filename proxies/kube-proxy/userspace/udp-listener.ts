/** Listens at one UDP frontend, and keeps a session for each client. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { forwardUdp } from '../../kit/l4/udp-forwarder.ts';
import type { UdpSessions } from '../../kit/l4/udp-sessions.ts';
import type { Backend } from '../service-port.ts';
import type { Frontend } from './frontends.ts';
import type { Listener, ListenerEvents } from './listener.ts';
import type { ServedPort } from './served-port.ts';
import { isShared } from './shared-address.ts';

/** @throws Error of the system when it cannot listen there */
export async function listenUdp(
  frontend: Frontend,
  port: ServedPort,
  sessions: UdpSessions,
  events: ListenerEvents,
): Promise<Listener> {
  const isIPv6 = frontend.family === 'IPv6';
  const socket = createSocket({
    type: isIPv6 ? 'udp6' : 'udp4',
    ipv6Only: isIPv6,
    reusePort: isShared(frontend.address),
  });
  const routeFor = (client: string) => port.routeFor(frontend.kind, client, frontend.address);
  // Before it listens, or the first datagrams would find nobody.
  const forwarder = forwardUdp<Backend>(socket, {
    sessions,
    choose: ({ address }) => port.choose(routeFor(address), address, []),
    onSession: (client, backend) => events.onFlow(frontend, port, client, backend),
    onFailure: ({ address }) => port.failed(routeFor(address), address),
  });
  socket.bind(frontend.port, frontend.address);
  await once(socket, 'listening').catch((error: unknown) => {
    // A socket that could not be bound stays open.
    forwarder[Symbol.dispose]();
    throw error;
  });
  socket.on('error', (error) => events.onError(frontend, error));
  return {
    frontend,
    portChanged: () => {
      forwarder.endSessions(
        (backend, { address }) => !includes(routeFor(address).backends, backend),
      );
    },
    close: () => forwarder[Symbol.dispose](),
  };
}

function includes(backends: readonly Backend[], { address, port }: Backend): boolean {
  return backends.some((one) => one.address === address && one.port === port);
}
