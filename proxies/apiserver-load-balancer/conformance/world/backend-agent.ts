/** An apiserver as far as a balancer can tell: a process of its own, told through its channel how to behave. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import type { Credential } from '../../../kit/pki/authority.ts';
import { readFirst } from './first-bytes.ts';
import { createRequests } from './backend-requests.ts';

export interface BackendIdentity {
  readonly name: string;
  readonly port: number;
  readonly credential: Credential;
  /** The same names, signed by another cluster's authority. */
  readonly foreign: Credential;
  readonly authorityPem: string;
}

export const behaviours = ['serve', 'refuse', 'reset', 'garbage'] as const;
/**
 * `refuse`: nobody listens, what is open stays. `reset`: takes each connection, and resets it. `garbage`:
 * answers each with what is not TLS.
 */
export type Behaviour = (typeof behaviours)[number];

/** A connection as the backend has it. */
export interface SeenConnection {
  /** `198.51.100.2:40000` */
  readonly peer: string;
  /** What came before its first bytes: `TCP4 192.0.2.2 198.51.100.2 40000 6443`, or null. */
  readonly announced: string | null;
  readonly kind: 'silent' | 'tls' | 'raw';
  readonly end: 'open' | 'ended' | 'reset';
  readonly receivedBytes: number;
}

export interface BackendAgent {
  start(identity: BackendIdentity): Promise<void>;
  /** `/readyz` answers 200, or 500. */
  setReady(isReady: boolean): Promise<void>;
  behave(behaviour: Behaviour): Promise<void>;
  present(certificate: 'own' | 'foreign'): Promise<void>;
  /** One more line for each watch. @returns how many there are */
  tick(): Promise<number>;
  /** Those of checks left out. */
  connections(): Promise<readonly SeenConnection[]>;
  /** How often `/readyz` was asked. */
  checks(): Promise<number>;
  /** Resets all raw connections. */
  resetRaw(): Promise<void>;
  /** Forgets what it has seen and is as it was at the start. */
  reset(): Promise<void>;
}

export function createBackendAgent(): BackendAgent {
  const seen = new Set<Seen>();
  let behaviour: Behaviour = 'serve';
  let server: Server | null = null;
  let identity: BackendIdentity | null = null;
  let requests: ReturnType<typeof createRequests> | null = null;

  const listen = async () => {
    if (server !== null || identity === null) return;
    server = createServer({ allowHalfOpen: true, noDelay: true }, take);
    server.listen({ host: '::', port: identity.port, backlog: 4096 });
    await once(server, 'listening');
  };
  const refuse = () => {
    server?.close();
    server = null;
  };
  const take = (socket: Socket) => {
    const one: Seen = {
      socket,
      peer: `${plain(socket.remoteAddress)}:${socket.remotePort}`,
      announced: null,
      kind: 'silent',
      end: 'open',
      isCheck: false,
    };
    seen.add(one);
    socket.on('error', () => {
      one.end = 'reset';
    });
    socket.on('end', () => {
      if (one.end === 'open') one.end = 'ended';
    });
    socket.on('close', () => {
      if (one.end === 'open') one.end = 'ended';
    });
    if (behaviour === 'reset') socket.resetAndDestroy();
    else if (behaviour === 'garbage') socket.end('SSH-2.0-OpenSSH_9.2\r\n');
    else void serve(socket, one);
  };
  const serve = async (socket: Socket, one: Seen) => {
    const first = await readFirst(socket);
    if (first === null) return;
    one.announced = first.announced;
    one.kind = first.isTls ? 'tls' : 'raw';
    if (first.isTls) {
      requests?.take(socket, one);
    } else {
      serveRaw(socket, first.line, { name: identity?.name ?? '', peer: one.peer });
    }
  };

  return {
    start: async (given) => {
      identity = given;
      requests = createRequests(given);
      await listen();
    },
    setReady: async (isReady) => requests?.setReady(isReady),
    behave: async (next) => {
      behaviour = next;
      if (next === 'refuse') refuse();
      else await listen();
    },
    present: async (certificate) => requests?.present(certificate),
    tick: async () => requests?.tick() ?? 0,
    connections: async () =>
      [...seen]
        .filter(({ isCheck }) => !isCheck)
        .map(({ socket, peer, announced, kind, end }) => ({
          ...{ peer, announced, kind, end },
          receivedBytes: socket.bytesRead,
        })),
    checks: async () => requests?.checks() ?? 0,
    resetRaw: async () => {
      for (const { socket, kind } of seen) if (kind !== 'tls') socket.resetAndDestroy();
    },
    reset: async () => {
      behaviour = 'serve';
      requests?.present('own');
      requests?.setReady(true);
      for (const { socket } of seen) socket.destroy();
      seen.clear();
      await listen();
    },
  };
}

interface Seen {
  readonly socket: Socket;
  readonly peer: string;
  announced: string | null;
  kind: SeenConnection['kind'];
  end: SeenConnection['end'];
  isCheck: boolean;
}

/**
 * Says who it is, then does what the first line asks: `echo`; `count` until the end, and tell the sum; `source N`
 * bytes; `bye`, an end at once, and go on reading; `hold`.
 */
function serveRaw(socket: Socket, line: string, who: { name: string; peer: string }): void {
  socket.write(`${JSON.stringify(who)}\n`);
  const [verb, count] = line.split(' ');
  if (verb === 'echo') {
    socket.pipe(socket);
  } else if (verb === 'count') {
    const hash = createHash('sha256');
    socket.on('data', (chunk: Buffer) => hash.update(chunk)).resume();
    socket.once('end', () => socket.end(`${hash.digest('hex')}\n`));
  } else if (verb === 'source') {
    socket.on('end', () => undefined).resume();
    socket.end(Buffer.alloc(Number(count), 'source of bytes; '));
  } else {
    socket.resume();
    if (verb === 'bye') socket.end();
  }
}

/** A socket of both families tells IPv4 in IPv6. */
export function plain(address: string | undefined): string {
  return (address ?? '').replace(/^::ffff:(?=\d+\.)/, '');
}
