/** Requests that ask to switch protocols: the same way as any other, with a connection to hand over. */
import type { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { ServerResponse } from '../../../proxies/kit/http/node-http.ts';
import { handle, type FrontOptions } from '../front.ts';

/** Answers what is no stream like any request; hands the connection over to what is one. */
export async function handleUpgrade(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  options: FrontOptions,
): Promise<void> {
  // TLS is all that is served, so it always is one.
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
  await handle(request, response, options, { socket, head, begin });
}
