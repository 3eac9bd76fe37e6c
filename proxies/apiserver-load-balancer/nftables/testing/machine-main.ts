/** A machine in a network namespace: it serves, and it is a client, as its parent asks. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import type { ConntrackTuple } from '../../../kit/netlink/conntrack-entry.ts';
import { serveCalls } from '../../../kit/testing/calls.ts';

export class Machine {
  readonly #name: string;
  readonly #clients = new Map<number, { socket: Socket; end: Promise<string> }>();
  readonly #servers: Promise<string>[] = [];
  #last = 0;

  constructor(name: string) {
    this.#name = name;
  }

  /** Says its name and where the client comes from, then what it hears. */
  async serve(address: string, port: number): Promise<null> {
    const server = createServer((socket) => {
      this.#servers.push(endOf(socket));
      socket.write(`${this.#name} ${socket.remoteAddress ?? ''}\n`);
      socket.pipe(socket);
    });
    await once(server.listen({ port, host: address, backlog: 4096 }), 'listening');
    return null;
  }

  /** @returns what the server says first, or why there is none */
  async connect(host: string, port: number): Promise<{ id: number; said: string }> {
    const socket = connect({ port, host });
    const end = endOf(socket);
    const id = (this.#last += 1);
    this.#clients.set(id, { socket, end });
    const said = once(socket, 'data').then(([data]) => String(data).trim());
    // What fails is told by the end.
    said.catch(() => undefined);
    return { id, said: await Promise.race([said, end]) };
  }

  /** @returns how many were served */
  async connectMany(host: string, port: number, count: number): Promise<number> {
    const made = await Promise.all(Array.from({ length: count }, () => this.connect(host, port)));
    return made.filter(({ said }) => said.includes(' ')).length;
  }

  /** @returns what comes back, or why nothing does */
  async say(id: number, text: string): Promise<string> {
    const { socket, end } = this.#need(id);
    socket.write(text);
    const answer = once(socket, 'data').then(([data]) => String(data));
    answer.catch(() => undefined);
    return Promise.race([answer, end]);
  }

  /** Says something again and again until the connection ends. */
  async talk(id: number): Promise<string> {
    const { socket, end } = this.#need(id);
    const timer = setInterval(() => socket.write('.'), 20);
    const reason = await end;
    clearInterval(timer);
    return reason;
  }

  close(id: number): Promise<null> {
    this.#need(id).socket.end();
    return Promise.resolve(null);
  }

  /** @returns `ECONNRESET`, or `end` */
  ended(id: number): Promise<string> {
    return this.#need(id).end;
  }

  /** @returns how all connections of clients ended, and how long that took from now */
  async allEnded(): Promise<{ ends: readonly string[]; tookMs: number }> {
    const start = performance.now();
    const ends = await Promise.all([...this.#clients.values()].map(({ end }) => end));
    this.#clients.clear();
    return { ends, tookMs: performance.now() - start };
  }

  /** The same of those that came to us. */
  async allServedEnded(): Promise<readonly string[]> {
    return Promise.all(this.#servers.splice(0));
  }

  /** @returns whether the kernel took it */
  async sendStray(way: ConntrackTuple): Promise<boolean> {
    const { sendStray } = await import('./stray-segment.ts');
    return sendStray(way);
  }

  #need(id: number) {
    const client = this.#clients.get(id);
    if (!client) throw new Error(`no connection ${id}`);
    return client;
  }
}

function endOf(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    socket.on('error', (error) => resolve('code' in error ? String(error.code) : error.message));
    socket.on('end', () => resolve('end'));
    socket.on('close', () => resolve('end'));
  });
}

if (process.send) {
  serveCalls(new Machine(process.argv[2] ?? ''));
  process.once('disconnect', () => process.exit());
  process.send('ready');
}
