/** Forwards the datagrams of one socket: each client has a socket of its own behind it, as behind a NAT. */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { isIPv6, type AddressInfo } from 'node:net';
import type { L4Backend } from './backend.ts';
import type { UdpSession, UdpSessions } from './udp-sessions.ts';

export interface UdpForwarderOptions<B extends L4Backend> {
  /** Counts them all, and ends those that are silent. */
  readonly sessions: UdpSessions;
  /** Where a new client's datagrams go; `null` drops them. */
  readonly choose: (client: RemoteInfo) => B | null;
  readonly onSession?: (client: RemoteInfo, backend: B) => void;
  /** Datagrams leave from this address of ours. */
  readonly onConnect?: (client: RemoteInfo, backend: B, local: AddressInfo) => void;
  /** Nobody listens there, or no socket was to be had: the session is over. */
  readonly onFailure?: (client: RemoteInfo, backend: B, error: Error) => void;
}

export interface UdpForwarder<B extends L4Backend> extends Disposable {
  /** Ends the sessions that these are not for any more; the next datagram of a client begins another. */
  endSessions(isOver: (backend: B, client: RemoteInfo) => boolean): void;
}

/** How many datagrams wait for a socket to be ready; more are lost, as in the kernel. */
const waitingLimit = 64;

/** Replies leave through `outer`, from the address that the client asked: bind it to one. Closes it at the end. */
export function forwardUdp<B extends L4Backend>(
  outer: Socket,
  { sessions, choose, onSession, onConnect, onFailure }: UdpForwarderOptions<B>,
): UdpForwarder<B> {
  const clients = new Map<string, Session<B>>();

  const open = (key: string, client: RemoteInfo): Session<B> | null => {
    const backend = choose(client);
    if (backend === null) return null;
    const session = new Session(client, backend, outer, {
      onEnd: () => {
        clients.delete(key);
        sessions.remove(session);
      },
      onConnect: (local) => onConnect?.(client, backend, local),
      onFailure: (error) => onFailure?.(client, backend, error),
    });
    sessions.add(session);
    clients.set(key, session);
    onSession?.(client, backend);
    return session;
  };

  outer.on('message', (message, client) => {
    const key = `${client.address} ${client.port}`;
    (clients.get(key) ?? open(key, client))?.send(message);
  });

  return {
    endSessions: (isOver) => {
      for (const session of [...clients.values()]) {
        if (isOver(session.backend, session.client)) session.end();
      }
    },
    [Symbol.dispose]: () => {
      outer.close();
      for (const session of [...clients.values()]) session.end();
    },
  };
}

interface SessionEvents {
  readonly onEnd: () => void;
  readonly onConnect: (local: AddressInfo) => void;
  readonly onFailure: (error: Error) => void;
}

class Session<B extends L4Backend> implements UdpSession {
  usedAtMs = performance.now();
  readonly client: RemoteInfo;
  readonly backend: B;
  private readonly inner: Socket;
  private readonly events: SessionEvents;
  private isOver = false;
  /** Until the socket is connected: then only the backend can answer, and we hear that nobody listens. */
  private waiting: Buffer[] | null = [];

  constructor(client: RemoteInfo, backend: B, outer: Socket, events: SessionEvents) {
    this.client = client;
    this.backend = backend;
    this.events = events;
    this.inner = createSocket(isIPv6(backend.address) ? 'udp6' : 'udp4');
    this.inner.on('message', (answer) => {
      this.usedAtMs = performance.now();
      // What cannot be sent is lost, as datagrams are.
      outer.send(answer, client.port, client.address, () => undefined);
    });
    this.inner.on('error', (error) => this.fail(error));
    this.inner.once('connect', () => {
      events.onConnect(this.inner.address());
      const waiting = this.waiting ?? [];
      this.waiting = null;
      for (const message of waiting) this.send(message);
    });
    this.inner.connect(backend.port, backend.address);
  }

  send(message: Buffer): void {
    if (this.isOver) return;
    this.usedAtMs = performance.now();
    if (this.waiting === null) {
      this.inner.send(message, (error) => {
        if (error && isRefusal(error)) this.fail(error);
      });
    } else if (this.waiting.length < waitingLimit) {
      this.waiting.push(message);
    }
  }

  end(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.inner.close();
    this.events.onEnd();
  }

  private fail(error: Error): void {
    if (this.isOver) return;
    this.end();
    this.events.onFailure(error);
  }
}

/** Anything else is about one datagram: too long, or no room for it. */
function isRefusal(error: Error & { readonly code?: string }): boolean {
  return error.code === 'ECONNREFUSED';
}
