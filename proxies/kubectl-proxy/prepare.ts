/** Everything about a forwarded request that is known before a connection is. */
import type { Upstream } from '../kit/upstream.ts';
import type { HeaderLine } from '../kit/upstream.ts';
import type { ClientRequest } from './client-request.ts';
import { asksForGzip, clientCredentials, outgoingHead } from './request-lines.ts';

export interface PreparedRequest {
  readonly head: string;
  readonly asksForGzip: boolean;
  readonly hasAddedAuthorization: boolean;
}

export interface Destination {
  readonly target: string;
  /** Null over a unix socket. */
  readonly clientAddress: string | null;
  readonly isUpgrade: boolean;
}

/** Synchronous where the credentials are; a promise while they are fetched. */
export function prepareRequest(
  upstream: Upstream,
  request: ClientRequest,
  destination: Destination,
): PreparedRequest | Promise<PreparedRequest> {
  const own = clientCredentials(request.head.headers);
  const finish = (credentials: readonly HeaderLine[]): PreparedRequest => {
    const gzip = upstream.isCompressionEnabled && !destination.isUpgrade && asksForGzip(request);
    return {
      head: outgoingHead(request, {
        target: destination.target,
        authority: upstream.server.authority,
        credentials,
        clientAddress: destination.clientAddress,
        isUpgrade: destination.isUpgrade,
        asksForGzip: gzip,
      }),
      asksForGzip: gzip,
      hasAddedAuthorization:
        !own.hasAuthorization && credentials.some(([name]) => name === 'Authorization'),
    };
  };
  const credentials = upstream.credentials(own);
  return credentials instanceof Promise ? credentials.then(finish) : finish(credentials);
}
