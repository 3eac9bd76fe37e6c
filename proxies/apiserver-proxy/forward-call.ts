/** A request whose target its server has found: no `/proxy` in its path, nothing of its answer rewritten. */
import type { Location } from './location.ts';
import type { ProxyCall } from './proxy-call.ts';

/** Authenticated and authorized by the server it came to, as a `ProxyCall` is. */
export interface ForwardCall extends Pick<
  ProxyCall,
  'request' | 'response' | 'upgrade' | 'signal' | 'requestId'
> {
  /** Path and query, escaped, as the target gets them. */
  readonly target: string;
  readonly location: Pick<Location, 'host' | 'port'>;
  readonly tls: ForwardTls;
  /** Headers that the target gets from us, one character per byte; it gets none of these names from the client. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
  /** Answers 3xx with a Location become 502. */
  readonly rejectsRedirects: boolean;
}

/** How the target must show itself, and how we do, as PEM. The same object for the same connections. */
export interface ForwardTls {
  /** The name that its certificate must have, which is also what it is asked for (SNI). */
  readonly serverName: string;
  /** Whose certificates are taken; absent: those that the system trusts. */
  readonly authority?: string | undefined;
  /** `insecureSkipTLSVerify` */
  readonly isUnverified: boolean;
  readonly client?: { readonly certificate: string; readonly key: string } | undefined;
}
