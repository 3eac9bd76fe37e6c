/** Listens at one TCP frontend, and relays each connection to a backend that answers. */
import { createServer, type Socket } from 'node:net';
import { once } from 'node:events';
import { plainAddress } from '../../kit/http/endpoint-text.ts';
import { dialLadder, keepAliveMs } from '../../kit/l4/dial-ladder.ts';
import type { RelaySet } from '../../kit/l4/relay-set.ts';
import type { Backend } from '../service-port.ts';
import type { Frontend } from './frontends.ts';
import type { Listener, ListenerEvents } from './listener.ts';
import type { ServedPort } from './served-port.ts';
import { isShared } from './shared-address.ts';

/** @throws Error of the system when it cannot listen there */
export async function listenTcp(
  frontend: Frontend,
  port: ServedPort,
  relays: RelaySet,
  events: ListenerEvents,
): Promise<Listener> {
  const server = createServer({
    allowHalfOpen: true,
    pauseOnConnect: true,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: keepAliveMs,
  });

  const serve = async (client: Socket) => {
    const { remoteAddress, remotePort = 0 } = client;
    // It has gone before it was looked at.
    if (remoteAddress === undefined) return void client.destroy();
    const from = plainAddress(remoteAddress);
    const route = port.routeFor(frontend.kind, from, frontend.address);
    if (route.backends.length === 0) return void client.resetAndDestroy();
    const join = relays.hold(client);
    const dialled = await dialLadder<Backend>({
      choose: (failed) => port.choose(route, from, failed),
      onFailure: () => port.failed(route, from),
      isGivenUp: () => client.destroyed,
    });
    if (dialled === null) return void client.resetAndDestroy();
    events.onFlow(frontend, port, { address: from, port: remotePort }, dialled.backend);
    join(dialled.socket, dialled.backend);
  };

  server.on('connection', (client) => void serve(client));
  server.listen({
    host: frontend.address,
    port: frontend.port,
    ipv6Only: true,
    backlog: 1_024,
    reusePort: isShared(frontend.address),
  });
  await once(server, 'listening');
  server.on('error', (error) => events.onError(frontend, error));
  return {
    frontend,
    portChanged: () => undefined,
    close: () => void server.close(),
  };
}
