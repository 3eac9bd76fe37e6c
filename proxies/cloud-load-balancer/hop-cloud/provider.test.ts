import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hop } from '../facts/profiles/hop.ts';
import { gcp } from '../facts/profiles/gcp.ts';
import { klipper } from '../facts/profiles/klipper.ts';
import { createFakeDataplane } from './testing/fake-dataplane.ts';
import { cloudWorld, unasked, type CloudWorld } from './testing/cloud-world.ts';
import { node, service } from './testing/objects.ts';

const nodes = [
  node('node-1', '172.30.0.11', 'fd00::11'),
  node('node-2', '172.30.0.12', 'fd00::12'),
];
const shop = service('shop');

let stack: AsyncDisposableStack;
beforeEach(() => {
  stack = new AsyncDisposableStack();
});
afterEach(() => stack.disposeAsync());

async function world(options: Parameters<typeof cloudWorld>[0] = {}): Promise<CloudWorld> {
  return stack.use(await cloudWorld(options));
}

describe('a load balancer of the hop cloud', () => {
  it('is told of as it is, and forwards what its Service says', async () => {
    const { cloud, dataplane, signal } = await world();
    const status = await cloud.ensureLoadBalancer(shop, nodes, signal);
    expect(status).toEqual({
      ingress: [{ ip: '203.0.113.1', ipMode: 'VIP', ports: [{ port: 80, protocol: 'TCP' }] }],
    });
    expect(await cloud.getLoadBalancer(shop, signal)).toEqual(status);
    const [forwarding] = dataplane.forwardings.values();
    expect(forwarding).toMatchObject({
      name: cloud.getLoadBalancerName(shop),
      service: 'shop/shop',
      mode: 'VIP',
      targets: [{ node: 'node-1' }, { node: 'node-2' }],
    });
    expect(cloud.loadBalancers()).toMatchObject([
      {
        service: 'shop/shop',
        profile: 'hop',
        hostname: null,
        addresses: ['203.0.113.1'],
        ports: [{ port: 80, nodePort: 30_080 }],
        targets: [
          { node: 'node-1', health: 'healthy', isUsed: true },
          { node: 'node-2', health: 'healthy', isUsed: true },
        ],
      },
    ]);
  });

  it('costs nothing when nothing has changed', async () => {
    const { cloud, dataplane, signal } = await world();
    const first = await cloud.ensureLoadBalancer(shop, nodes, signal);
    expect(await cloud.ensureLoadBalancer(shop, nodes, signal)).toEqual(first);
    await cloud.updateLoadBalancer(shop, nodes, signal);
    expect(dataplane.calls).toEqual(['replaceAll 0', 'ensure shop/shop']);
  });

  it('is gone when it is deleted, and may be deleted again', async () => {
    const { cloud, dataplane, signal } = await world();
    await cloud.ensureLoadBalancer(shop, nodes, signal);
    await cloud.ensureLoadBalancerDeleted(shop, signal);
    await cloud.ensureLoadBalancerDeleted(shop, signal);
    expect(dataplane.forwardings.size).toBe(0);
    expect(await cloud.getLoadBalancer(shop, signal)).toBeNull();
    const next = await cloud.ensureLoadBalancer(service('next'), nodes, signal);
    expect(next.ingress).toMatchObject([{ ip: '203.0.113.1' }]);
  });

  it('keeps its address through changes', async () => {
    const { cloud, dataplane, signal } = await world();
    await cloud.ensureLoadBalancer(service('before'), nodes, signal);
    const first = await cloud.ensureLoadBalancer(shop, nodes, signal);
    await cloud.ensureLoadBalancerDeleted(service('before'), signal);
    const ports = [{ protocol: 'UDP' as const, port: 53, nodePort: 30_053 }];
    const second = await cloud.ensureLoadBalancer(service('shop', { ports }), nodes, signal);
    expect(second.ingress?.[0]?.ip).toBe(first.ingress?.[0]?.ip);
    const [forwarding] = dataplane.forwardings.values();
    expect(forwarding?.ports).toEqual(ports);
  });

  it('sends to the nodes that there are', async () => {
    const { cloud, dataplane, signal } = await world();
    await cloud.ensureLoadBalancer(shop, nodes, signal);
    await cloud.updateLoadBalancer(shop, nodes.slice(1), signal);
    const [forwarding] = dataplane.forwardings.values();
    expect(forwarding?.targets).toMatchObject([{ node: 'node-2' }]);
    await cloud.updateLoadBalancer(shop, [], signal);
    expect([...dataplane.forwardings.values()][0]?.targets).toEqual([]);
  });

  it('gives a family back that its Service no longer has', async () => {
    const { cloud, dataplane, signal } = await world({
      addressPools: ['203.0.113.0/24', '2001:db8:113::1/128'],
    });
    const dual = service('shop', { ipFamilies: ['IPv6', 'IPv4'] });
    const status = await cloud.ensureLoadBalancer(dual, nodes, signal);
    expect(status.ingress?.map(({ ip }) => ip)).toEqual(['2001:db8:113::1', '203.0.113.1']);
    await cloud.ensureLoadBalancer(shop, nodes, signal);
    expect([...dataplane.forwardings.values()][0]?.addresses).toEqual([
      { family: 'IPv4', address: '203.0.113.1' },
    ]);
    const other = service('other', { ipFamilies: ['IPv6'] });
    const { ingress } = await cloud.ensureLoadBalancer(other, nodes, signal);
    expect(ingress).toMatchObject([{ ip: '2001:db8:113::1' }]);
  });

  it('serves the ports that its dataplane can carry, and says which it cannot, once', async () => {
    const dataplane = createFakeDataplane({ protocols: ['TCP', 'UDP'], modes: ['Proxy'] });
    const { cloud, events, signal } = await world({ dataplane });
    const mixed = service('shop', {
      ports: [
        { protocol: 'TCP', port: 80, nodePort: 30_080 },
        { protocol: 'SCTP', port: 80, nodePort: 30_081 },
      ],
    });
    const status = await cloud.ensureLoadBalancer(mixed, nodes, signal);
    await cloud.ensureLoadBalancer(mixed, nodes.slice(1), signal);
    expect(status.ingress).toEqual([
      {
        ip: '203.0.113.1',
        ipMode: 'Proxy',
        ports: [
          { port: 80, protocol: 'TCP' },
          { port: 80, protocol: 'SCTP', error: 'hop-by-hop.dev/ProtocolNotSupported' },
        ],
      },
    ]);
    const [forwarding] = dataplane.forwardings.values();
    expect(forwarding).toMatchObject({ mode: 'Proxy', ports: [{ protocol: 'TCP' }] });
    expect(events).toEqual([
      'shop/shop Warning ProtocolNotSupported: ' +
        'port 80/SCTP is not served: the userspace dataplane has no SCTP',
    ]);
  });

  it('needs node ports only where packets are sent to them', async () => {
    const without = service('shop', {
      ports: [{ protocol: 'TCP', port: 80 }],
      allocateLoadBalancerNodePorts: false,
    });
    const proxy = await world({ ipMode: 'Proxy' });
    await expect(proxy.cloud.ensureLoadBalancer(without, nodes, proxy.signal)).rejects.toThrow(
      'set spec.allocateLoadBalancerNodePorts to true',
    );
    expect(await proxy.cloud.getLoadBalancer(without, proxy.signal)).toBeNull();
    const vip = await world();
    await vip.cloud.ensureLoadBalancer(without, nodes, vip.signal);
    expect(vip.dataplane.forwardings.size).toBe(1);
  });

  it('is another one in another cloud, and none where that refuses', async () => {
    const profileOf = ({ metadata }: typeof shop) =>
      unasked(metadata.annotations?.cloud === 'gcp' ? gcp : hop);
    const { cloud, dataplane, signal } = await world({ profileOf });
    const ports = [
      { protocol: 'TCP' as const, port: 53, nodePort: 30_053 },
      { protocol: 'UDP' as const, port: 53, nodePort: 30_053 },
    ];
    await cloud.ensureLoadBalancer(shop, nodes, signal);
    const moved = service('shop', { annotations: { cloud: 'gcp' } });
    await cloud.ensureLoadBalancer(moved, nodes, signal);
    const name = cloud.getLoadBalancerName(shop);
    expect(dataplane.calls.slice(1)).toEqual([
      'ensure shop/shop',
      `remove ${name}`,
      'ensure shop/shop',
    ]);
    expect(cloud.loadBalancers()).toMatchObject([{ profile: 'gcp' }]);

    await cloud.ensureLoadBalancer(service('shop', { ports }), nodes, signal);
    const refused = service('shop', { ports, annotations: { cloud: 'gcp' } });
    await expect(cloud.ensureLoadBalancer(refused, nodes, signal)).rejects.toThrow('mixed');
    expect(dataplane.forwardings.size).toBe(0);
    expect(await cloud.getLoadBalancer(refused, signal)).toBeNull();
  });

  it('is as before when its cloud refuses a change', async () => {
    const { cloud, dataplane, signal } = await world({ profileOf: () => unasked(gcp) });
    const status = await cloud.ensureLoadBalancer(shop, nodes, signal);
    const before = [...dataplane.forwardings.values()];
    const sctp = service('shop', { ports: [{ protocol: 'SCTP', port: 80, nodePort: 30_080 }] });
    await expect(cloud.ensureLoadBalancer(sctp, nodes, signal)).rejects.toThrow();
    expect([...dataplane.forwardings.values()]).toEqual(before);
    expect(await cloud.getLoadBalancer(shop, signal)).toEqual(status);
  });

  it('has no address of a pool where nodes show their own', async () => {
    const { cloud, dataplane, signal } = await world({ profileOf: () => unasked(klipper) });
    const { ingress } = await cloud.ensureLoadBalancer(shop, nodes, signal);
    expect(ingress?.map(({ ip }) => ip)).toEqual(['172.30.0.11', '172.30.0.12']);
    expect(dataplane.calls).toEqual(['replaceAll 0']);
    expect(cloud.loadBalancers()).toMatchObject([{ profile: 'klipper', addresses: [] }]);
    await cloud.ensureLoadBalancerDeleted(shop, signal);
    expect(cloud.loadBalancers()).toEqual([]);
  });
});

describe('a dataplane that fails', () => {
  it('fails the Service, and leaves nothing behind when that is deleted', async () => {
    const { cloud, dataplane, signal } = await world();
    dataplane.fail(new Error('no room'));
    await expect(cloud.ensureLoadBalancer(shop, nodes, signal)).rejects.toThrow('no room');
    expect(await cloud.getLoadBalancer(shop, signal)).not.toBeNull();
    await expect(cloud.ensureLoadBalancerDeleted(shop, signal)).rejects.toThrow('no room');
    dataplane.fail(null);
    await cloud.ensureLoadBalancerDeleted(shop, signal);
    expect(dataplane.calls.at(-1)).toBe(`remove ${cloud.getLoadBalancerName(shop)}`);
    const other = await cloud.ensureLoadBalancer(service('other'), nodes, signal);
    expect(other.ingress).toMatchObject([{ ip: '203.0.113.1' }]);
  });

  it('keeps the address for the next try', async () => {
    const { cloud, dataplane, signal } = await world();
    dataplane.fail(new Error('no room'));
    await expect(cloud.ensureLoadBalancer(shop, nodes, signal)).rejects.toThrow('no room');
    dataplane.fail(null);
    const other = await cloud.ensureLoadBalancer(service('other'), nodes, signal);
    expect(other.ingress).toMatchObject([{ ip: '203.0.113.2' }]);
    const { ingress } = await cloud.ensureLoadBalancer(shop, nodes, signal);
    expect(ingress).toMatchObject([{ ip: '203.0.113.1' }]);
  });
});

describe('a dataplane that hangs', () => {
  it('is not waited for by who gives up, and done with before the next change', async () => {
    const { cloud, dataplane, signal } = await world();
    const held = Promise.withResolvers<undefined>();
    dataplane.hold(held.promise);
    const deadline = new AbortController();
    const late = cloud.ensureLoadBalancer(shop, nodes, deadline.signal);
    await expect.poll(() => dataplane.calls.at(-1), { timeout: 15_000 }).toBe('ensure shop/shop');
    deadline.abort(new Error('context deadline exceeded'));
    await expect(late).rejects.toThrow('context deadline exceeded');

    const givenUp = AbortSignal.abort(new Error('context deadline exceeded'));
    await expect(cloud.ensureLoadBalancer(shop, [], givenUp)).rejects.toThrow('deadline');
    const waiting = new AbortController();
    const skipped = cloud.ensureLoadBalancer(shop, [], waiting.signal);
    waiting.abort(new Error('context deadline exceeded'));
    await expect(skipped).rejects.toThrow('deadline');

    const deleted = cloud.ensureLoadBalancerDeleted(shop, signal);
    for (let turn = 0; turn < 10; turn += 1) await new Promise(setImmediate);
    expect(dataplane.calls.at(-1)).toBe('ensure shop/shop');
    held.resolve(undefined);
    await deleted;
    expect(dataplane.calls.slice(1)).toEqual([
      'ensure shop/shop',
      `remove ${cloud.getLoadBalancerName(shop)}`,
    ]);
    expect(dataplane.forwardings.size).toBe(0);
    expect(cloud.loadBalancers()).toEqual([]);
  });

  it('does not hold up other Services', async () => {
    const { cloud, dataplane, signal } = await world();
    dataplane.hold(new Promise(() => undefined));
    const never = new AbortController();
    const late = cloud.ensureLoadBalancer(shop, nodes, never.signal);
    await expect.poll(() => dataplane.calls.at(-1), { timeout: 15_000 }).toBe('ensure shop/shop');
    dataplane.hold(Promise.resolve());
    await cloud.ensureLoadBalancer(service('other'), nodes, signal);
    expect([...dataplane.forwardings.values()]).toMatchObject([{ service: 'shop/other' }]);
    never.abort(new Error('given up'));
    await expect(late).rejects.toThrow('given up');
  });
});
