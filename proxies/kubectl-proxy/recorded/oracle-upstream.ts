/**
 * The upstream that stood behind the recorded command: a small, deliberately literal HTTP/1.1 server
 * that plays the apiserver. It keeps the exact bytes of every request, and answers with them, or as
 * the last segment of the path says (`oracle-answers.ts`).
 */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createSecureContext, TLSSocket, type SecureContext } from 'node:tls';
import { answer } from './oracle-answers.ts';
import { ConnectionGone, WireReader } from './wire-reader.ts';

/** PEM. The CA is for client certificates, which are welcome but not required. */
export interface OracleTls {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
}

/** What the upstream saw of one request. */
export interface SeenRequest {
  /** The exact bytes, body included, as framed on the wire. */
  raw: string;
  /** Numbers the connections of this upstream since the log was reset. */
  readonly conn: number;
  readonly tls: boolean;
  readonly sni: string | null;
  readonly client_cert: string | null;
  /** The client went away before the body was complete. */
  truncated?: boolean;
}

export interface OracleConnection {
  readonly socket: Socket;
  /** The TCP socket below TLS; `socket` itself where there is none. */
  readonly transport: Socket;
  readonly reader: WireReader;
  readonly isTls: boolean;
  readonly port: number;
  readonly number: number;
  readonly sni: string | null;
  readonly clientCertificate: string | null;
  isIdle: boolean;
  note(kind: string, detail: string): void;
}

export class OracleUpstream {
  /** In order of arrival. */
  requests: SeenRequest[] = [];
  /** Failed handshakes, clients that went away, ends of tunnels: kind and detail. */
  events: [string, string][] = [];
  connectionCount = 0;
  readonly #context: SecureContext | null;
  readonly #listener: Server;
  readonly #open = new Set<OracleConnection>();
  readonly #transports = new Set<Socket>();

  private constructor(tls: OracleTls | null) {
    this.#context = tls && createSecureContext({ ...tls, sessionIdContext: 'oracle' });
    this.#listener = createServer({ pauseOnConnect: true }, (socket) => void this.#accept(socket));
  }

  static async start(tls: OracleTls | null): Promise<OracleUpstream> {
    const upstream = new OracleUpstream(tls);
    upstream.#listener.listen(0, '127.0.0.1');
    await once(upstream.#listener, 'listening');
    return upstream;
  }

  get port(): number {
    return (this.#listener.address() as AddressInfo).port;
  }

  get busyConnectionCount(): number {
    return [...this.#open].filter(({ isIdle }) => !isIdle).length;
  }

  /** Closes idle connections, so that the next request dials afresh; resolves when they are gone. */
  async dropIdle(): Promise<void> {
    const idle = [...this.#open].filter(({ isIdle }) => isIdle);
    await Promise.all(
      idle.map(async ({ socket, transport }) => {
        const closed = once(transport, 'close');
        socket.end();
        const timer = setTimeout(() => transport.destroy(), 300);
        await closed;
        clearTimeout(timer);
      }),
    );
  }

  resetLog(): void {
    this.requests = [];
    this.events = [];
    this.connectionCount = 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#listener, 'close');
    this.#listener.close();
    for (const transport of this.#transports) transport.destroy();
    await closed;
  }

  async #accept(transport: Socket): Promise<void> {
    const number = ++this.connectionCount;
    this.#transports.add(transport);
    transport.setNoDelay(true);
    transport.on('error', () => transport.destroy());
    transport.on('close', () => this.#transports.delete(transport));
    try {
      const socket = await this.#secure(transport);
      if (!socket) return;
      await this.#serve(this.#connection(number, socket, transport));
      await flushed(socket);
    } catch (error) {
      if (!(error instanceof ConnectionGone)) throw error;
    } finally {
      transport.destroySoon();
    }
  }

  /** The plain text side of the connection, or null where the client speaks the other protocol. */
  async #secure(transport: Socket): Promise<Socket | null> {
    const first = await firstByte(transport);
    if (first === null) return null;
    const isHello = first === 0x16;
    if (isHello !== Boolean(this.#context)) {
      this.events.push([isHello ? 'tls-on-plain-port' : 'plain-http-on-tls-port', '']);
      transport.resume().write(isHello ? answerToTls : answerToPlain);
      return null;
    }
    if (!this.#context) return transport;
    const socket = new TLSSocket(transport, {
      isServer: true,
      secureContext: this.#context,
      requestCert: true,
      rejectUnauthorized: false,
      ALPNProtocols: ['http/1.1'],
    });
    return new Promise((resolve) => {
      let isSecure = false;
      const fail = (reason: string) => {
        if (isSecure) return;
        isSecure = true;
        this.events.push(['tls-handshake-failed', reason]);
        resolve(null);
      };
      socket.on('error', (error: NodeJS.ErrnoException) => fail(error.code ?? error.message));
      socket.on('close', () => fail('closed'));
      socket.once('secure', () => {
        isSecure = true;
        resolve(socket);
      });
    });
  }

  #connection(number: number, socket: Socket, transport: Socket): OracleConnection {
    const isTls = socket instanceof TLSSocket;
    return {
      socket,
      transport,
      reader: new WireReader(socket),
      isTls,
      port: this.port,
      number,
      sni: isTls && typeof socket.servername === 'string' ? socket.servername : null,
      clientCertificate: isTls ? commonName(socket) : null,
      isIdle: true,
      note: (kind, detail) => this.events.push([kind, detail]),
    };
  }

  async #serve(connection: OracleConnection): Promise<void> {
    this.#open.add(connection);
    connection.socket.resume();
    try {
      let isKept = true;
      while (isKept) isKept = await this.#exchange(connection);
    } finally {
      this.#open.delete(connection);
    }
  }

  async #exchange(connection: OracleConnection): Promise<boolean> {
    const { reader, number, isTls, sni, clientCertificate } = connection;
    connection.isIdle = true;
    const head = await reader.takeUntil('\r\n\r\n');
    connection.isIdle = false;
    const seen: SeenRequest = {
      raw: head,
      conn: number,
      tls: isTls,
      sni,
      client_cert: clientCertificate,
    };
    this.requests.push(seen);
    return answer(connection, seen);
  }
}

const answerToPlain =
  'HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n';
const answerToTls =
  'HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n400 Bad Request';

/** Looks at the first byte and leaves it where it is; null when the client went away. */
async function firstByte(socket: Socket): Promise<number | null> {
  return new Promise((resolve) => {
    const look = () => {
      const chunk = socket.read() as Buffer | null;
      if (!chunk) return;
      socket.off('readable', look);
      socket.unshift(chunk);
      resolve(chunk[0] ?? null);
    };
    socket.on('readable', look);
    socket.once('close', () => resolve(null));
    socket.once('end', () => resolve(null));
  });
}

/** FIN comes without close_notify, after what was written. */
async function flushed(socket: Socket): Promise<void> {
  if (socket.writable) await new Promise<void>((resolve) => socket.write('', () => resolve()));
}

function commonName(socket: TLSSocket): string | null {
  const { subject } = socket.getPeerCertificate() as { subject?: { CN?: string } };
  return subject?.CN ?? null;
}
