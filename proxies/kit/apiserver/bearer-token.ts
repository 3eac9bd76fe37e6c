/** The bearer token of a request: in its header, or, for a browser that opens a WebSocket, in its protocols. */
import { headerOf, type HttpRequest } from '../http/server-exchange.ts';

const protocolPrefix = 'base64url.bearer.authorization.k8s.io.';

/**
 * Undefined where there is none. Empty where it stands alone among the protocols: whoever opens the WebSocket
 * could be answered with none but the token, so it is not taken (recorded case `token in websocket subprotocol
 * only`).
 */
export function bearerOf(request: HttpRequest): string | undefined {
  const [scheme, token] = headerOf(request, 'authorization').trim().split(/ +/, 2);
  if (scheme?.toLowerCase() === 'bearer' && token !== undefined && token !== '') return token;
  const protocols = headerOf(request, 'sec-websocket-protocol')
    .split(',')
    .map((protocol) => protocol.trim());
  const encoded = protocols.find((protocol) => protocol.startsWith(protocolPrefix));
  if (encoded === undefined) return undefined;
  const isAlone = protocols.every((protocol) => protocol.startsWith(protocolPrefix));
  return isAlone ? '' : Buffer.from(encoded.slice(protocolPrefix.length), 'base64url').toString();
}
