import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { L4Backend } from './backend.ts';
import { forwardUdp, type UdpForwarder } from './udp-forwarder.ts';
import { UdpSessions } from './udp-sessions.ts';

let stack: DisposableStack;
beforeEach(() => {
  stack = new DisposableStack();
});
afterEach(() => {
  vi.useRealTimers();
  stack.dispose();
});

async function bound(): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
}

/** Answers each datagram with itself. */
async function echo(): Promise<L4Backend> {
  const socket = await bound();
  socket.on('message', (message, { port, address }) => socket.send(message, port, address));
  stack.defer(() => void socket.close());
  return socket.address();
}

/** How often a backend was asked for. */
let lastTurn = 0;

interface Forwarding {
  readonly port: number;
  readonly sessions: UdpSessions;
  readonly forwarder: UdpForwarder<L4Backend>;
  readonly failures: readonly Error[];
}

async function forwarding(
  backends: readonly L4Backend[],
  { idleMs = 600_000, limit = 100 } = {},
): Promise<Forwarding> {
  const sessions = stack.use(new UdpSessions({ idleMs, limit }));
  const outer = await bound();
  const failures: Error[] = [];
  lastTurn = 0;
  const { port } = outer.address();
  const forwarder = forwardUdp(outer, {
    sessions,
    choose: () => backends[lastTurn++ % backends.length] ?? null,
    onFailure: (_client, _backend, error) => failures.push(error),
  });
  stack.use(forwarder);
  return { port, sessions, forwarder, failures };
}

async function client(port: number): Promise<(message: string | Buffer) => Promise<Buffer>> {
  const socket = createSocket('udp4');
  stack.defer(() => void socket.close());
  // Connected: an answer from any other address would not come through.
  socket.connect(port, '127.0.0.1');
  await once(socket, 'connect');
  return async (message) => {
    const answer = once(socket, 'message') as Promise<[Buffer]>;
    socket.send(message);
    return (await answer)[0];
  };
}

describe('a forwarder of datagrams', () => {
  it('answers from the address that was asked, each client for itself', async () => {
    const { port, sessions } = await forwarding([await echo()]);
    const clients = await Promise.all(Array.from({ length: 50 }, () => client(port)));
    const answers = await Promise.all(clients.map((ask, index) => ask(`number ${index}`)));
    expect(answers.map(String)).toEqual(clients.map((_, index) => `number ${index}`));
    expect(sessions.count).toBe(50);
  });

  it('passes the longest datagrams on whole, and empty ones', async () => {
    const { port } = await forwarding([await echo()]);
    const ask = await client(port);
    const longest = Buffer.alloc(65_507, 'long');
    expect((await ask(longest)).equals(longest)).toBe(true);
    expect(await ask('')).toHaveLength(0);
  });

  it('drops what nobody is to get, and begins no session for it', async () => {
    const backends: L4Backend[] = [];
    const { port, sessions } = await forwarding(backends);
    const ask = await client(port);
    void ask('lost');
    await expect.poll(() => lastTurn, { timeout: 15_000 }).toBe(1);
    expect(sessions.count).toBe(0);
    backends.push(await echo());
    expect(String(await ask('found'))).toBe('found');
  });

  it('ends the oldest session when there are too many', async () => {
    const { port, sessions } = await forwarding([await echo()], { limit: 2 });
    const [first, second, third] = await Promise.all([client(port), client(port), client(port)]);
    await first('1');
    await second('2');
    await third('3');
    expect(sessions.count).toBe(2);
    expect(String(await first('again'))).toBe('again');
    expect(sessions.count).toBe(2);
  });

  it('ends a session that was silent too long, and no other', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    const { port, sessions } = await forwarding([await echo()], { idleMs: 30_000 });
    const [silent, busy] = [await client(port), await client(port)];
    await silent('1');
    await busy('1');
    vi.advanceTimersByTime(20_000);
    await busy('2');
    vi.advanceTimersByTime(20_000);
    expect(sessions.count).toBe(1);
    vi.advanceTimersByTime(10_000);
    expect(sessions.count).toBe(0);
    expect(String(await busy('3'))).toBe('3');
  });

  it('begins another session when the old one is over', async () => {
    const [one, two] = [await echo(), await echo()];
    const { port, sessions, forwarder } = await forwarding([one, two]);
    const ask = await client(port);
    await ask('1');
    forwarder.endSessions((backend) => backend.port === two.port);
    expect(sessions.count).toBe(1);
    forwarder.endSessions((backend) => backend.port === one.port);
    expect(sessions.count).toBe(0);
    expect(String(await ask('2'))).toBe('2');
  });

  it('hears that nobody listens there', async () => {
    const gone = await bound();
    const backend = gone.address();
    gone.close();
    const { port, sessions, failures } = await forwarding([backend]);
    const socket = createSocket('udp4');
    stack.defer(() => void socket.close());
    socket.send('hello', port, '127.0.0.1');
    await expect
      .poll(() => failures, { timeout: 15_000 })
      .toMatchObject([{ code: 'ECONNREFUSED' }]);
    expect(sessions.count).toBe(0);
  });
});
