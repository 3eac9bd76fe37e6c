import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isEpollKnown } from '../../kit/l4/epoll/support.ts';
import {
  address,
  ask,
  flowsOf,
  forwardingTo,
  local,
  userspaceWorld,
  type UserspaceWorld,
} from './testing/userspace-world.ts';

const wires = isEpollKnown ? (['epoll', 'node'] as const) : (['node'] as const);

describe.each(wires)('connections through wires of %s', (kind) => {
  let stack: AsyncDisposableStack;
  let world: UserspaceWorld;
  beforeEach(async () => {
    stack = new AsyncDisposableStack();
    world = stack.use(await userspaceWorld({ wires: kind }));
  });
  afterEach(() => stack.disposeAsync());

  const port = 8_080;
  const portTo = (nodePort: number) => [{ protocol: 'TCP' as const, port, nodePort }];

  async function client(): Promise<Socket> {
    const socket = connect({ host: address, port, allowHalfOpen: true });
    stack.defer(() => void socket.destroy());
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    return socket;
  }

  it('reach a node that is this very machine, at the address of the load balancer itself', async () => {
    const server = createServer((socket) => socket.end('node-1'));
    stack.defer(() => void server.close());
    await once(server.listen(0, address), 'listening');
    const { port: nodePort } = server.address() as AddressInfo;
    const target = { node: 'node-1', family: 'IPv4' as const, address };
    await world.dataplane.ensure(forwardingTo([{ target, port: nodePort }], portTo(nodePort)));
    expect(await ask(port)).toBe('node-1');
  });

  it('reach a node, and are told of', async () => {
    const { dataplane } = world;
    const node = await world.tcpNode('node-1');
    await dataplane.ensure(forwardingTo([node], portTo(node.port)));
    using listening = await flowsOf(dataplane);
    expect(await ask(port)).toBe('node-1');
    await expect.poll(() => listening.flows, { timeout: 15_000 }).toHaveLength(1);
    expect(listening.flows).toEqual([
      {
        service: 'shop/shop',
        protocol: 'TCP',
        source: expect.stringMatching(/^127\.0\.0\.1:\d+$/) as string,
        destination: `${address}:${port}`,
        node: 'node-1',
        target: `${node.target.address}:${node.port}`,
        seenAs: expect.stringMatching(/^127\.0\.0\.1:\d+$/) as string,
        mode: 'Proxy',
      },
    ]);
  });

  it('carry megabytes both ways, and each end by itself', async () => {
    const node = await world.tcpNode('node-1');
    await world.dataplane.ensure(forwardingTo([node], portTo(node.port)));
    const socket = await client();
    const sent = 'x'.repeat(5_000_000);
    socket.end(sent);
    expect(await text(socket)).toBe(`${sent}node-1`);
  });

  it('spread over all nodes', async () => {
    const nodes = [await world.tcpNode('node-1'), await world.tcpNode('node-2')];
    await world.dataplane.ensure(forwardingTo(nodes, portTo(nodes[0]?.port ?? 0)));
    await Promise.all(Array.from({ length: 40 }, () => ask(port)));
    for (const node of nodes) expect(node.count).toBeGreaterThan(1);
  });

  it('go to the next node while one does not answer', async () => {
    const [gone, node] = [await world.tcpNode('node-1'), await world.tcpNode('node-2')];
    await gone[Symbol.asyncDispose]();
    await world.dataplane.ensure(forwardingTo([gone, node], portTo(node.port)));
    const heard = await Promise.all(Array.from({ length: 10 }, () => ask(port)));
    expect(new Set(heard)).toEqual(new Set(['node-2']));
  });

  it('are reset when no node answers', async () => {
    const gone = await world.tcpNode('node-1');
    await gone[Symbol.asyncDispose]();
    await world.dataplane.ensure(forwardingTo([gone], portTo(gone.port)));
    expect(await ask(port)).toBe('ECONNRESET');
  });

  it('are refused by the kernel while there is no node, and at other ports', async () => {
    const node = await world.tcpNode('node-1');
    const forwarding = forwardingTo([node], portTo(node.port));
    await world.dataplane.ensure({ ...forwarding, targets: [] });
    expect(await ask(port)).toBe('ECONNREFUSED');
    await world.dataplane.ensure(forwarding);
    expect(await ask(port)).toBe('node-1');
    expect(await ask(port + 1)).toBe('ECONNREFUSED');
    await world.dataplane.ensure({ ...forwarding, targets: [] });
    expect(await ask(port)).toBe('ECONNREFUSED');
  });

  it('are reset from outside of the source ranges', async () => {
    const node = await world.tcpNode('node-1');
    const sourceRanges = [`${local}.50/32`, '2001:db8::/32'];
    await world.dataplane.ensure(forwardingTo([node], portTo(node.port), { sourceRanges }));
    expect(await ask(port, `${local}.51`)).toBe('ECONNRESET');
    expect(await ask(port, `${local}.50`)).toBe('node-1');
    expect(node.count).toBe(1);
  });

  it('stay with one node by the client’s address, and move only when theirs goes', async () => {
    const nodes = [
      await world.tcpNode('node-1'),
      await world.tcpNode('node-2'),
      await world.tcpNode('node-3'),
    ];
    const sticky = { sessionAffinity: 'ClientIP' } as const;
    const ports = portTo(nodes[0]?.port ?? 0);
    await world.dataplane.ensure(forwardingTo(nodes, ports, sticky));
    const clients = Array.from({ length: 40 }, (_, number) => `${local}.${200 + number}`);
    const before = await Promise.all(clients.map((from) => ask(port, from)));
    expect(new Set(before).size).toBeGreaterThan(1);
    expect(await Promise.all(clients.map((from) => ask(port, from)))).toEqual(before);

    await world.dataplane.ensure(forwardingTo(nodes.slice(1), ports, sticky));
    const after = await Promise.all(clients.map((from) => ask(port, from)));
    for (const [index, name] of before.entries()) {
      if (name === 'node-1') expect(after[index]).not.toBe('node-1');
      else expect(after[index]).toBe(name);
    }
  });

  it('live on when their node gets no new ones, and end with their load balancer', async () => {
    const [one, other] = [await world.tcpNode('node-1'), await world.tcpNode('node-2')];
    const ports = portTo(one.port);
    await world.dataplane.ensure(forwardingTo([one], ports));
    const socket = await client();
    socket.write('hello');
    expect(String((await once(socket, 'data'))[0])).toBe('hello');
    await world.dataplane.ensure(forwardingTo([other], ports));
    expect(await ask(port)).toBe('node-2');
    socket.write('still here');
    expect(String((await once(socket, 'data'))[0])).toBe('still here');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    await world.dataplane.remove('a1');
    await closed;
    expect(await ask(port)).toBe('ECONNREFUSED');
    await expect.poll(() => one.sockets.size, { timeout: 15_000 }).toBe(0);
  });

  it('are as before when a port is taken, and it is said which', async () => {
    const node = await world.tcpNode('node-1');
    const taken = createServer().listen(port + 1, address);
    await once(taken, 'listening');
    stack.defer(() => void taken.close());
    const both = [
      ...portTo(node.port),
      { protocol: 'TCP' as const, port: port + 1, nodePort: node.port },
    ];
    const reason = `cannot listen on TCP ${address}:${port + 1}: another program has this port (EADDRINUSE)`;
    await expect(world.dataplane.ensure(forwardingTo([node], both))).rejects.toThrow(reason);
    expect(await ask(port)).toBe('ECONNREFUSED');
    await world.dataplane.ensure(forwardingTo([node], portTo(node.port)));
    await expect(world.dataplane.ensure(forwardingTo([node], both))).rejects.toThrow(reason);
    expect(await ask(port)).toBe('node-1');
  });

  it('are only those that are wanted, after all have been replaced', async () => {
    const node = await world.tcpNode('node-1');
    const [stays, goes] = [
      forwardingTo([node], portTo(node.port)),
      forwardingTo([node], [{ protocol: 'TCP', port: port + 2, nodePort: node.port }], {
        name: 'a2',
      }),
    ];
    await world.dataplane.ensure(goes);
    await world.dataplane.replaceAll([stays]);
    expect(await ask(port)).toBe('node-1');
    expect(await ask(port + 2)).toBe('ECONNREFUSED');
    await world.dataplane[Symbol.asyncDispose]();
    expect(await ask(port)).toBe('ECONNREFUSED');
  });
});
