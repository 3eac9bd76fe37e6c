/** TLS to the apiserver: verified as Go verifies, HTTP/1.1 only, with session resumption. */
import { X509Certificate } from 'node:crypto';
import { isIP, type Socket } from 'node:net';
import {
  connect,
  createSecureContext,
  type SecureContext,
  type PeerCertificate,
  type TLSSocket,
} from 'node:tls';
import { connectionText } from '../http/endpoint-text.ts';
import { goErrorText } from '../http/go-error.ts';
import { certificateNameProblem } from './certificate-name.ts';
import { dialling, type DialOptions } from './dial.ts';
import { errorCode } from './errors.ts';
import { readInto } from './read-into.ts';

export interface TlsTrust {
  /** PEM; absent: the system's roots. */
  readonly ca: Buffer | null;
  readonly isInsecure: boolean;
  /** SNI and the name that is verified; empty: the server's host name. */
  readonly serverName: string;
}

export interface KeyPair {
  readonly certificate: Buffer;
  readonly key: Buffer;
}

/** AES-128 first: the servers follow the client, and it costs less than AES-256. */
const ciphers = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
].join(':');

const handshakeTimeoutMs = 10_000;

/** One identity towards one server; a new client certificate needs a new one. */
export interface TlsClient {
  /** Dials and shakes hands. Rejects with an `Error` in Go's wording. */
  connect(port: number, options: DialOptions): Promise<TLSSocket>;
  /** Shakes hands over a connected socket (a proxy's tunnel), which it takes over. */
  secure(socket: Socket, options: DialOptions): Promise<TLSSocket>;
}

/**
 * @param protocols what is offered by ALPN; none: not a word of it.
 * @throws Error where OpenSSL cannot read the certificate or key.
 */
export function createTlsClient(
  hostname: string,
  trust: TlsTrust,
  pair: KeyPair | null,
  protocols: readonly string[] = ['http/1.1'],
  secureContext: SecureContext = createTlsContext(trust, pair),
): TlsClient {
  const name = trust.serverName || hostname;
  let session: Buffer | undefined;
  const options = () => ({
    secureContext,
    ...(protocols.length > 0 && { ALPNProtocols: [...protocols] }),
    rejectUnauthorized: !trust.isInsecure,
    // A tunnel's one direction may end before the other.
    allowHalfOpen: true,
    // An address is no server name.
    ...(isIP(name) === 0 && { servername: name }),
    ...(session && { session }),
    checkServerIdentity: (_: string, { raw }: { readonly raw: Buffer }) => {
      const problem = certificateNameProblem(new X509Certificate(raw), name);
      return problem === null ? undefined : new VerificationError(problem);
    },
  });
  const remember = (secured: TLSSocket) => {
    // Only a verified handshake leaves a session to resume. TLS 1.3 sends it afterwards.
    session = secured.getSession() ?? session;
    secured.on('session', (ticket) => (session = ticket));
    return secured;
  };

  return {
    connect: async (port, dialOptions) => {
      const { onread } = dialOptions;
      const secured = await dialling(hostname, port, dialOptions, () =>
        connect({
          ...options(),
          host: hostname,
          port,
          ...(onread && { onread }),
        }),
      );
      return remember(await handshake(secured, dialOptions.signal));
    },
    secure: async (socket, { signal, onread }) => {
      const secured = await handshake(connect({ ...options(), socket }), signal);
      if (onread) readInto(secured, onread);
      return remember(secured);
    },
  };
}

function handshake(secured: TLSSocket, signal: AbortSignal | undefined): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      secured.removeListener('error', onError).removeListener('close', onClose);
    };
    const fail = (problem: string) => {
      settle();
      secured.on('error', () => undefined).destroy();
      reject(new Error(problem));
    };
    // A certificate that is refused is gone with its socket: look at it just before. Should this
    // undocumented event ever fail to come, only the dates are missing from a message.
    let certificate: PeerCertificate | undefined;
    secured.prependOnceListener('secure', () => {
      certificate = secured.getPeerCertificate();
    });
    const label = connectionText(secured);
    const onError = (error: Error) => fail(handshakeProblem(error, certificate, label));
    const onAbort = () => fail('context canceled');
    const onClose = () => fail('EOF');
    const timer = setTimeout(() => fail('net/http: TLS handshake timeout'), handshakeTimeoutMs);
    signal?.addEventListener('abort', onAbort, { once: true });
    secured
      .once('error', onError)
      .once('close', onClose)
      .once('secureConnect', () => {
        settle();
        resolve(secured);
      });
  });
}

/** What clients of one identity share: reading certificates takes time and memory. */
export function createTlsContext(trust: TlsTrust, pair: KeyPair | null): SecureContext {
  return createSecureContext({
    minVersion: 'TLSv1.2',
    ciphers,
    // Any certificate of the bundle is an anchor, as in Go, also one that is not self-signed.
    allowPartialTrustChain: true,
    ...(trust.ca && { ca: trust.ca }),
    // Where nobody is verified, the system's roots need not be read.
    ...(trust.ca === null && trust.isInsecure && { ca: [] }),
    ...(pair && { cert: pair.certificate, key: pair.key }),
  });
}

class VerificationError extends Error {
  override readonly name = 'VerificationError';
}

const verification: Readonly<Record<string, string>> = {
  CERT_REVOKED: 'x509: certificate has been revoked',
  INVALID_CA: 'x509: certificate is not authorized to sign other certificates',
  PATH_LENGTH_EXCEEDED: 'x509: too many intermediates for path length constraint',
  INVALID_PURPOSE: 'x509: certificate specifies an incompatible key usage',
  CERT_SIGNATURE_FAILURE: 'x509: certificate signed by unknown authority',
  CERT_UNTRUSTED: 'x509: certificate signed by unknown authority',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'x509: certificate signed by unknown authority',
  SELF_SIGNED_CERT_IN_CHAIN: 'x509: certificate signed by unknown authority',
  UNABLE_TO_GET_ISSUER_CERT: 'x509: certificate signed by unknown authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'x509: certificate signed by unknown authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'x509: certificate signed by unknown authority',
};

const alerts: readonly (readonly [RegExp, string])[] = [
  [
    /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST|UNEXPECTED_MESSAGE/,
    'tls: first record does not look like a TLS handshake',
  ],
  [/ALERT_PROTOCOL_VERSION/, 'remote error: tls: protocol version not supported'],
  [/UNSUPPORTED_PROTOCOL/, 'tls: server selected unsupported protocol version'],
  [/ALERT_HANDSHAKE_FAILURE/, 'remote error: tls: handshake failure'],
  [/ALERT_CERTIFICATE_REQUIRED/, 'remote error: tls: certificate required'],
  [/ALERT_BAD_CERTIFICATE/, 'remote error: tls: bad certificate'],
  [/ALERT_UNKNOWN_CA/, 'remote error: tls: unknown certificate authority'],
  [/ALERT_CERTIFICATE_EXPIRED/, 'remote error: tls: expired certificate'],
  [/UNRECOGNIZED_NAME/, 'remote error: tls: unrecognized name'],
  [/^ECONNRESET$/, 'EOF'],
];

function handshakeProblem(
  error: Error,
  certificate: PeerCertificate | undefined,
  label: string,
): string {
  if (error instanceof VerificationError) return failed(error.message);
  // Node calls it a reset too where the server just closes; only a real one comes of a system call.
  if ('syscall' in error) return goErrorText(error, label);
  const code = errorCode(error);
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    return failed(`x509: certificate has expired or is not yet valid${dates(certificate)}`);
  }
  const known = verification[code];
  if (known !== undefined) return failed(known);
  return alerts.find(([pattern]) => pattern.test(code))?.[1] ?? `tls: ${error.message}`;
}

const unverified = 'tls: failed to verify certificate: ';

function failed(problem: string): string {
  return `${unverified}${problem}`;
}

/** Whether a handshake failed because of the server's certificate. */
export function isUnverified(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith(unverified);
}

function dates(certificate: PeerCertificate | undefined): string {
  if (certificate === undefined) return '';
  const now = new Date();
  const start = new Date(certificate.valid_from);
  const side =
    now < start ? `before ${goTime(start)}` : `after ${goTime(new Date(certificate.valid_to))}`;
  return `: current time ${goTime(now)} is ${side}`;
}

function goTime(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, 'Z');
}
