/** Requests that ask to switch protocols: the same way as any other, with a connection to hand over. */
import type { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { ServerResponse } from './node-http.ts';
import type { HttpRequest, HttpResponse, UpgradedConnection } from './server-exchange.ts';

type Handle = (
  request: HttpRequest,
  response: HttpResponse,
  upgrade: UpgradedConnection,
) => Promise<void>;

/** Answers what is no stream like any request; hands the connection over to what is one. */
export async function offerUpgrade(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  handle: Handle,
): Promise<void> {
  // Node's servers of TCP and TLS have no others.
  if (!(socket instanceof Socket)) return;
  socket.on('error', () => socket.destroy());
  const response = new ServerResponse(request);
  // An answer is the last thing on this connection: what follows may be another protocol.
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.once('finish', () => socket.end());
  const begin = (status: number) => {
    response.statusCode = status;
  };
  await handle(request, response, { socket, head, begin });
}
