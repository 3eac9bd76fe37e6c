/** Where a proxy forwards to and as whom: what a kubeconfig comes to once it is read. */
import type { Socket, OnReadOpts } from 'node:net';
import type { TLSSocket } from 'node:tls';

/** A header as it goes on the wire: name, value. */
export type HeaderLine = readonly [name: string, value: string];

export interface UpstreamServer {
  readonly isTls: boolean;
  /** Without brackets, also for IPv6. */
  readonly hostname: string;
  readonly port: number;
  /** What the `Host` header says: `host` or `host:port`, IPv6 in brackets. */
  readonly authority: string;
  /** The path of the kubeconfig's server, without a trailing slash; empty where there is none. */
  readonly path: string;
}

export interface ConnectOptions {
  readonly signal?: AbortSignal;
  /** Handed to the socket: the engine reads into one reused buffer. */
  readonly onread?: OnReadOpts;
  /** TCP keepalive period in ms; negative switches it off. Absent: 30 s. */
  readonly keepAliveMs?: number;
}

/** What the client itself sent decides which credentials are added (specification 1.6, 1.10). */
export interface ClientCredentials {
  readonly hasAuthorization: boolean;
  readonly hasImpersonateUser: boolean;
}

/** Opens connections to one server. */
export interface Dialer {
  /**
   * Opens a connection, secured where it must be. Rejects with an `Error` whose message is for people
   * (Go's wording).
   */
  connect(options?: ConnectOptions): Promise<Socket | TLSSocket>;
  /** Grows when the client certificate changes: pooled connections of an older generation are closed. */
  readonly generation: number;
}

export interface Upstream extends Dialer {
  readonly server: UpstreamServer;
  /** The client did not say which encodings it takes: ask for gzip and decode it (Go's transport). */
  readonly isCompressionEnabled: boolean;
  /**
   * Opens a connection, verified TLS (HTTP/1.1 only) where the server is https, through `proxy-url`
   * where one is set. Rejects with an `Error` whose message is for people (Go's wording).
   */
  connect(options?: ConnectOptions): Promise<Socket | TLSSocket>;
  /**
   * The header lines to add. Synchronous where nothing has to be fetched; a promise while a token file
   * is read or an exec plugin runs. Rejects with what went wrong.
   */
  credentials(client: ClientCredentials): readonly HeaderLine[] | Promise<readonly HeaderLine[]>;
  /** The apiserver answered 401 to credentials that were added: an exec plugin is asked anew. */
  credentialsRefused(): void;
}
