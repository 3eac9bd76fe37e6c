/** The answer that turns an HTTP/1.1 connection into a WebSocket with a subprotocol of ours. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { HttpProblem } from '../server/http-problem.ts';

export function wantsWebSocket(request: IncomingMessage): boolean {
  return /^websocket$/i.test(request.headers.upgrade ?? '');
}

/** The subprotocols that a client offers. */
export function offeredProtocols(request: IncomingMessage): readonly string[] {
  return (request.headers['sec-websocket-protocol'] ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

const longestMessage = 1024 * 1024;
/** While nothing is read, only writing tells that the client has gone. */
const pingMs = 5000;

/**
 * @param protocol one of those offered; empty where the client offers none
 * @throws HttpProblem 400 for a handshake that is none
 */
export async function switchToWebSocket(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  protocol: string,
): Promise<WebSocket> {
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: longestMessage,
    handleProtocols: () => (protocol === '' ? false : protocol),
  });
  const { promise, resolve, reject } = Promise.withResolvers<WebSocket>();
  server.once('wsClientError', (error) => reject(new HttpProblem(400, error.message)));
  server.handleUpgrade(request, socket, head, resolve);
  const webSocket = await promise;
  webSocket.on('error', () => webSocket.terminate());
  const pinging = setInterval(() => {
    if (webSocket.readyState === webSocket.OPEN) webSocket.ping();
  }, pingMs);
  webSocket.once('close', () => clearInterval(pinging));
  return webSocket;
}
