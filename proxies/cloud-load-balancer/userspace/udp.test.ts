import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  address,
  ask,
  askUdp,
  flowsOf,
  forwardingTo,
  local,
  openUdpClient,
  userspaceWorld,
  type UserspaceWorld,
} from './testing/userspace-world.ts';

const port = 5_353;
const portTo = (nodePort: number) => [{ protocol: 'UDP' as const, port, nodePort }];

let stack: AsyncDisposableStack;
let world: UserspaceWorld;
beforeEach(async () => {
  stack = new AsyncDisposableStack();
  world = stack.use(await userspaceWorld());
});
afterEach(() => stack.disposeAsync());

describe('datagrams through the userspace dataplane', () => {
  it('reach a node and come back, beside connections at the same port', async () => {
    const { dataplane } = world;
    const [node, tcp] = [await world.udpNode('node-1'), await world.tcpNode('node-1')];
    const ports = [...portTo(node.port), { protocol: 'TCP' as const, port, nodePort: tcp.port }];
    const tcpTarget = { ...tcp.target, address: tcp.target.address };
    using listening = await flowsOf(dataplane);
    await dataplane.ensure(forwardingTo([node], ports));
    expect(await askUdp(port, 'hello')).toBe('node-1 hello');
    await dataplane.ensure(forwardingTo([{ target: tcpTarget, port: tcp.port }], ports));
    expect(await ask(port)).toBe('node-1');
    expect(listening.flows.filter(({ protocol }) => protocol === 'UDP')).toMatchObject([
      {
        service: 'shop/shop',
        destination: `${address}:${port}`,
        node: 'node-1',
        target: `${node.target.address}:${node.port}`,
        mode: 'Proxy',
      },
    ]);
  });

  it('are sent to another node when theirs is gone', async () => {
    const [one, other] = [await world.udpNode('node-1'), await world.udpNode('node-2')];
    await world.dataplane.ensure(forwardingTo([one], portTo(one.port)));
    using client = await openUdpClient(port);
    expect(await client.ask('1')).toBe('node-1 1');
    await world.dataplane.ensure(forwardingTo([one, other], portTo(one.port)));
    expect(await client.ask('2')).toBe('node-1 2');
    await world.dataplane.ensure(forwardingTo([other], portTo(one.port)));
    expect(await client.ask('3')).toBe('node-2 3');
  });

  it('are refused by the kernel while there is no node', async () => {
    const node = await world.udpNode('node-1');
    const forwarding = forwardingTo([node], portTo(node.port));
    await world.dataplane.ensure({ ...forwarding, targets: [] });
    expect(await askUdp(port, 'hello')).toBe('ECONNREFUSED');
    await world.dataplane.ensure(forwarding);
    expect(await askUdp(port, 'hello')).toBe('node-1 hello');
    await world.dataplane.remove('a1');
    expect(await askUdp(port, 'hello')).toBe('ECONNREFUSED');
  });

  it('are dropped from outside of the source ranges', async () => {
    const node = await world.udpNode('node-1');
    const wide = forwardingTo([node], portTo(node.port), { sourceRanges: ['127.0.0.0/8'] });
    await world.dataplane.ensure(wide);
    using outside = await openUdpClient(port, `${local}.51`);
    expect(await outside.ask('1')).toBe('node-1 1');
    await world.dataplane.ensure({ ...wide, sourceRanges: [`${local}.50/32`] });
    await outside.send('2');
    expect(await askUdp(port, '3', `${local}.50`)).toBe('node-1 3');
    expect(node.count).toBe(2);
  });

  it('stay with one node by the client’s address', async () => {
    const nodes = [await world.udpNode('node-1'), await world.udpNode('node-2')];
    const sticky = forwardingTo(nodes, portTo(nodes[0]?.port ?? 0), {
      sessionAffinity: 'ClientIP',
    });
    await world.dataplane.ensure(sticky);
    const clients = Array.from({ length: 40 }, (_, number) => `${local}.${200 + number}`);
    const asked = () => Promise.all(clients.map((from) => askUdp(port, 'hello', from)));
    const before = await asked();
    expect(new Set(before).size).toBe(2);
    expect(await asked()).toEqual(before);
  });

  it('are as before when a port is taken, connections too', async () => {
    const node = await world.tcpNode('node-1');
    const taken = createSocket('udp4').bind(port, address);
    await once(taken, 'listening');
    stack.defer(() => void taken.close());
    const ports = [...portTo(1), { protocol: 'TCP' as const, port, nodePort: node.port }];
    await expect(world.dataplane.ensure(forwardingTo([node], ports))).rejects.toThrow(
      `cannot listen on UDP ${address}:${port}: another program has this port (EADDRINUSE)`,
    );
    expect(await ask(port)).toBe('ECONNREFUSED');
  });
});
