/** What a server hands to the proxy: one request for a `proxy` subresource, from somebody who may make it. */
import type { HttpRequest, HttpResponse, UpgradedConnection } from '../kit/http/server-exchange.ts';

export type ProxyResource = 'nodes' | 'pods' | 'services';

/** Authenticated and authorized by the server it came to; everything else is still to be checked. */
export interface ProxyCall {
  readonly request: HttpRequest;
  readonly response: HttpResponse;
  /** The client's connection, where the request asks to switch protocols. */
  readonly upgrade?: UpgradedConnection | undefined;
  /** Ends when the client goes away or the server closes. */
  readonly signal: AbortSignal;
  /** The audit id. Names the hops of this request. */
  readonly requestId: string;
  /** Whose request it is, for its hop. */
  readonly user?: string | undefined;
  readonly resource: ProxyResource;
  /** Empty for nodes. */
  readonly namespace: string;
  /** The name as it stands in the path, decoded: `https:web:443`. */
  readonly id: string;
  /** The decoded path up to and with `/proxy`. */
  readonly prefix: string;
  /** The decoded path behind it; empty where not even a slash follows. */
  readonly subpath: string;
}
