/** Requests that ask to switch protocols: the same way as any other, with a connection to hand over. */
import type { EventEmitter } from 'node:events';
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

/** Answers that wait for an earlier one on their connection. Once Node hands it over, it ends them no more. */
const queued = new WeakMap<object, Set<EventEmitter>>();

/** To be called for every request that asks for no upgrade. */
export function rememberQueued(request: HttpRequest, response: HttpResponse): void {
  if (!(response instanceof ServerResponse) || response.socket !== null) return;
  if (!(request.socket instanceof Socket)) return;
  const answers = queued.get(request.socket) ?? new Set<EventEmitter>();
  queued.set(request.socket, answers.add(response));
  response.once('close', () => answers.delete(response));
}

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
  try {
    response.assignSocket(socket);
  } catch {
    // An earlier request still waits for its answer: whoever does not wait for it gets neither.
    for (const answer of queued.get(socket) ?? []) answer.emit('close');
    socket.destroy();
    return;
  }
  response.once('finish', () => socket.end());
  const begin = (status: number) => {
    response.statusCode = status;
  };
  await handle(request, response, { socket, head, begin });
}
