import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dial } from './dial-ladder.ts';
import { RelaySet } from './relay-set.ts';

let stack: DisposableStack;
let relays: RelaySet;
beforeEach(() => {
  stack = new DisposableStack();
  relays = stack.use(new RelaySet());
});
afterEach(() => stack.dispose());

async function listen(onSocket: (socket: Socket) => void): Promise<AddressInfo> {
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, onSocket);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  stack.defer(() => void server.close());
  return server.address() as AddressInfo;
}

/** The two outer ends of a relayed connection. */
async function relayed(): Promise<{ readonly client: Socket; readonly upstream: Socket }> {
  const accepted = Promise.withResolvers<Socket>();
  const joined = Promise.withResolvers<undefined>();
  const backend = await listen(accepted.resolve);
  const proxy = await listen((socket) => {
    const join = relays.hold(socket);
    void dial(backend, 20_000).then((upstream) => {
      join(upstream, backend);
      joined.resolve(undefined);
    });
  });
  const client = connect({ port: proxy.port, host: proxy.address, allowHalfOpen: true });
  await once(client, 'connect');
  const upstream = await accepted.promise;
  await joined.promise;
  for (const socket of [client, upstream]) {
    stack.defer(() => socket.destroy());
    socket.on('error', () => undefined);
  }
  return { client, upstream };
}

describe.each(['client', 'upstream'] as const)('a relayed connection, from its %s', (sender) => {
  async function ends(): Promise<readonly [Socket, Socket]> {
    const { client, upstream } = await relayed();
    return sender === 'client' ? [client, upstream] : [upstream, client];
  }

  it('passes on an end, and goes on the other way', async () => {
    const [from, to] = await ends();
    from.end('that was all');
    expect(await text(to)).toBe('that was all');
    expect(from.readableEnded).toBe(false);
    to.end('heard it');
    expect(await text(from)).toBe('heard it');
  });

  it('passes on a reset as one', async () => {
    const [from, to] = await ends();
    to.resume();
    const told = new Promise((resolve) => to.once('error', resolve));
    from.resetAndDestroy();
    expect(await told).toMatchObject({ code: 'ECONNRESET' });
  });

  it('holds back who sends faster than the other reads', async () => {
    const [from, to] = await ends();
    const chunk = Buffer.alloc(1 << 16, 'x');
    let sentBytes = 0;
    const isFull = () => from.writableLength > 16 * chunk.length;
    while (!isFull()) {
      from.write(chunk);
      sentBytes += chunk.length;
      await new Promise(setImmediate);
      expect(sentBytes).toBeLessThan(1 << 28);
    }
    from.end();
    let readBytes = 0;
    for await (const piece of to as AsyncIterable<Buffer>) readBytes += piece.length;
    expect(readBytes).toBe(sentBytes);
  });

  it('is counted until both sides are over', async () => {
    const [from, to] = await ends();
    expect(relays.count).toBe(1);
    from.end('bye');
    await text(to);
    expect(relays.count).toBe(1);
    to.end();
    await text(from);
    await expect.poll(() => relays.count, { timeout: 15_000 }).toBe(0);
  });

  it('is over on both sides when its backend is given up after an end', async () => {
    const [from, to] = await ends();
    from.end('that was all');
    expect(await text(to)).toBe('that was all');
    const told = new Promise((resolve) => from.once('close', resolve));
    from.resume();
    relays.reset(() => true);
    await told;
    to.destroy();
    await expect.poll(() => relays.count, { timeout: 15_000 }).toBe(0);
  });

  it('is reset on both sides when its backend is given up', async () => {
    const [from, to] = await ends();
    from.resume();
    to.resume();
    const told = [from, to].map(
      (socket) => new Promise((resolve) => socket.once('error', resolve)),
    );
    relays.reset(() => true);
    expect(await Promise.all(told)).toMatchObject([{ code: 'ECONNRESET' }, { code: 'ECONNRESET' }]);
    await expect.poll(() => relays.count, { timeout: 15_000 }).toBe(0);
  });
});
