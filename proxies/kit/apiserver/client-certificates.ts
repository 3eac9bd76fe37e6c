/** The certificate that a client shows, and which of our authorities stands behind it. */
import { X509Certificate } from 'node:crypto';
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';

export interface ClientCertificate {
  readonly commonName: string;
  readonly organizations: readonly string[];
  /** Whether it holds, and an authority of the bundle issued it. */
  isIssuedBy(authorities: Authorities): boolean;
}

/** A bundle of authorities, PEM, read once. */
export interface Authorities {
  readonly fingerprints: ReadonlySet<string>;
}

export function readAuthorities(pem: string): Authorities {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return {
    fingerprints: new Set(blocks.map((block) => new X509Certificate(block).fingerprint256)),
  };
}

/** The certificate of a connection is the same for all its requests: read once. */
const known = new WeakMap<object, ClientCertificate | null>();

/** Undefined where the client showed none. */
export function clientCertificateOf(socket: TLSSocket | undefined): ClientCertificate | undefined {
  if (!socket) return undefined;
  const earlier = known.get(socket);
  if (earlier !== undefined) return earlier ?? undefined;
  const certificate = read(socket);
  // An HTTP/2 socket is a proxy object: it is as good a key, for as long as the session lives.
  known.set(socket, certificate ?? null);
  return certificate;
}

interface Subject {
  readonly CN?: string | string[];
  readonly O?: string | string[];
}

function read(socket: TLSSocket): ClientCertificate | undefined {
  const peer = socket.getPeerCertificate(true) as Partial<DetailedPeerCertificate>;
  const subject = peer.subject as Subject | undefined;
  if (!subject) return undefined;
  const chain = socket.authorized ? chainOf(peer) : [];
  return {
    commonName: [subject.CN ?? []].flat()[0] ?? '',
    organizations: [subject.O ?? []].flat(),
    isIssuedBy: ({ fingerprints }) => chain.some((fingerprint) => fingerprints.has(fingerprint)),
  };
}

/** The fingerprints from the certificate up to the authority that signed itself. */
function chainOf(peer: Partial<DetailedPeerCertificate>): readonly string[] {
  const chain: string[] = [];
  let here: Partial<DetailedPeerCertificate> | undefined = peer;
  while (here?.fingerprint256 !== undefined && !chain.includes(here.fingerprint256)) {
    chain.push(here.fingerprint256);
    here = here.issuerCertificate;
  }
  return chain;
}
