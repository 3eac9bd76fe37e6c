/** The bearer token of a request: in its header, or, for a browser that opens a WebSocket, in its protocols. */
import { headerOf, type HttpRequest } from '../http/server-exchange.ts';

const protocolPrefix = 'base64url.bearer.authorization.k8s.io.';

/** Undefined where there is none. */
export function bearerOf(request: HttpRequest): string | undefined {
  const [scheme, token] = headerOf(request, 'authorization').trim().split(/ +/, 2);
  if (scheme?.toLowerCase() === 'bearer' && token !== undefined && token !== '') return token;
  const encoded = headerOf(request, 'sec-websocket-protocol')
    .split(',')
    .map((protocol) => protocol.trim())
    .find((protocol) => protocol.startsWith(protocolPrefix))
    ?.slice(protocolPrefix.length);
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64url').toString();
}
