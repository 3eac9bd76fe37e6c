/** A proxy that runs and tells its hops. */
import type { HttpExampleRequest } from '../../../proxies/descriptor.ts';
import type { HopFeed } from './hop-feed.ts';

export interface RunningProxy {
  /** As a reader types it: `127.0.0.1:8001`. */
  readonly address: string;
  readonly hostname: string;
  readonly port: number;
  readonly hops: Pick<HopFeed, 'follow'>;
  /** How its hops name a request: by the client's connection, or by the `Audit-ID` that we give it. */
  readonly tracedBy: 'connection' | 'audit-id';
  /** Where it speaks HTTPS, and wants to know who asks. */
  readonly secure?: SecureProxy;
}

export interface SecureProxy {
  /** Who signed its certificate. */
  readonly caPem: string;
  readonly identities: Readonly<Record<IdentityName, Identity>>;
}

/** As whom a request is made. What a reader has written goes as `reader`, and as nobody else. */
export type IdentityName = HttpExampleRequest['as'];

/** What a client shows: a token, a certificate, or nothing. */
export interface Identity {
  readonly token?: string;
  readonly certPem?: string;
  readonly keyPem?: string;
}

/** Who asks, and whom the client trusts; empty where the proxy speaks plain HTTP. */
export interface Introduction {
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: { readonly ca?: string; readonly cert?: string; readonly key?: string };
}

export function introduce({ secure }: RunningProxy, as: IdentityName = 'reader'): Introduction {
  if (!secure) return { headers: {}, tls: {} };
  const { token, certPem, keyPem } = secure.identities[as];
  return {
    headers: token === undefined ? {} : { Authorization: `Bearer ${token}` },
    tls: {
      ca: secure.caPem,
      ...(certPem !== undefined && { cert: certPem }),
      ...(keyPem !== undefined && { key: keyPem }),
    },
  };
}
