/** SPDY inside of a WebSocket: kubectl's way to forward ports since 1.31. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { createWebSocketStream } from 'ws';
import { HttpProblem } from '../server/http-problem.ts';
import { offeredProtocols, switchToWebSocket } from './websocket-upgrade.ts';

const tunnelProtocol = 'SPDY/3.1+portforward.k8s.io';

/** The bytes inside of the messages. @throws HttpProblem 403 for a client that offers no tunnel */
export async function acceptTunnel(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): Promise<Duplex> {
  const offered = offeredProtocols(request);
  if (!offered.includes(tunnelProtocol)) {
    const lists = `client supports [${offered.join(' ')}], server accepts [${tunnelProtocol}]`;
    throw new HttpProblem(403, `unable to upgrade: unable to negotiate protocol: ${lists}`);
  }
  const webSocket = await switchToWebSocket(request, socket, head, tunnelProtocol);
  const stream = createWebSocketStream(webSocket, { allowHalfOpen: true });
  stream.on('error', () => stream.destroy());
  return stream;
}
