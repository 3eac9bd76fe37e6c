/** A process that begins, and one before it that is gone: what clients had goes on at once. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { gcp } from '../facts/profiles/gcp.ts';
import { hop } from '../facts/profiles/hop.ts';
import type { Node } from '../service.ts';
import { ask, local, userspaceWorld } from '../userspace/testing/userspace-world.ts';
import { asked, cloudWorld, unasked, type CloudWorld } from './testing/cloud-world.ts';
import { startHealthServer, type HealthServer } from './testing/health-servers.ts';
import { node, service, statusWith } from './testing/objects.ts';

const check = {
  asks: 'kube-proxy',
  intervalSeconds: 5,
  timeoutSeconds: 2,
  healthyThreshold: 1,
  unhealthyThreshold: 1,
} as const;
const nodes = [1, 2, 3].map((number) => node(`node-${number}`, `${local}.2${number}`));
const shop = service('shop', { status: statusWith('203.0.113.7') });

let stack: AsyncDisposableStack;
beforeEach(() => {
  stack = new AsyncDisposableStack();
});
afterEach(() => stack.disposeAsync());

async function world(options: Parameters<typeof cloudWorld>[0] = {}): Promise<CloudWorld> {
  return stack.use(await cloudWorld(options));
}

function sentTo({ dataplane }: CloudWorld): readonly string[] {
  return [...dataplane.forwardings.values()].flatMap(({ addresses, targets }) =>
    addresses.map(({ address }) => [address, ...targets.map((each) => each.node)].join(' ')),
  );
}

describe('a Service with an address in its status', () => {
  it('is forwarded to all nodes with the first word to the dataplane', async () => {
    const given = await world();
    await given.cloud.begin([shop], nodes, given.signal);
    expect(given.dataplane.calls).toEqual(['replaceAll 0', 'replaceAll 1']);
    expect(sentTo(given)).toEqual(['203.0.113.7 node-1 node-2 node-3']);
    await given.cloud.ensureLoadBalancer(shop, nodes, given.signal);
    expect(given.dataplane.calls).toHaveLength(2);
  });

  it.each([
    ['is being deleted', { ...shop, metadata: { ...shop.metadata, deletionTimestamp: 'now' } }],
    [
      'is no load balancer any more',
      { ...shop, spec: { ...shop.spec, type: 'NodePort' } as const },
    ],
    ['has an address of others', service('shop', { status: statusWith('198.51.100.1') })],
    ['has no node ports', service('shop', { ...shop.spec, ports: [{ port: 80 }] })],
  ])('waits where it %s', async (_, changed) => {
    const given = await world({ ipMode: 'Proxy' });
    await given.cloud.begin([changed], nodes, given.signal);
    expect(sentTo(given)).toEqual([]);
  });

  it('waits until it is ensured where the dataplane cannot forward all at once', async () => {
    const given = await world();
    vi.spyOn(given.dataplane, 'replaceAll').mockRejectedValueOnce(new Error('the port is taken'));
    await given.cloud.begin([shop], nodes, given.signal);
    expect(given.dataplane.calls.at(-1)).toBe('replaceAll 0');
    expect(sentTo(given)).toEqual([]);
    expect(given.log).toEqual([
      'load balancers do not go on until each is ensured: the port is taken',
    ]);
    await given.cloud.ensureLoadBalancer(shop, nodes, given.signal);
    expect(sentTo(given)).toEqual(['203.0.113.7 node-1 node-2 node-3']);
  });
});

it('a Service that is refused now has nothing any more, and its address is free', async () => {
  const given = await world({ profileOf: () => unasked(gcp) });
  const mixed = service('shop', {
    ports: [
      { protocol: 'TCP', port: 53, nodePort: 30_053 },
      { protocol: 'UDP', port: 53, nodePort: 30_053 },
    ],
    status: statusWith('203.0.113.1'),
  });
  await given.cloud.begin([mixed], nodes, given.signal);
  expect(await given.cloud.getLoadBalancer(mixed, given.signal)).not.toBeNull();
  await expect(given.cloud.ensureLoadBalancer(mixed, nodes, given.signal)).rejects.toThrow();
  expect(await given.cloud.getLoadBalancer(mixed, given.signal)).toBeNull();
  await given.cloud.ensureLoadBalancer(service('other'), nodes, given.signal);
  expect(sentTo(given)).toEqual(['203.0.113.1 node-1 node-2 node-3']);
});

describe('nodes of a Service that goes on', () => {
  let servers: readonly HealthServer[];
  beforeEach(async () => {
    const [first, ...others] = nodes.map(({ status }) => status?.addresses?.[0]?.address ?? '');
    const one = stack.use(await startHealthServer(first ?? ''));
    const start = async (address: string) => stack.use(await startHealthServer(address, one.port));
    servers = [one, ...(await Promise.all(others.map(start)))];
  });

  const healthIn = ({ cloud }: CloudWorld) =>
    cloud.loadBalancers().flatMap(({ targets }) => targets.map(({ health }) => health));

  /** Lets time pass until the cloud has begun, once all have answered that do. */
  async function begin(given: CloudWorld, all: readonly Node[]): Promise<void> {
    let isDone = false;
    const begun = given.cloud.begin([shop], all, given.signal).then(() => {
      isDone = true;
    });
    await expect
      .poll(() => healthIn(given), { timeout: 15_000, interval: 5 })
      .toEqual(['healthy', 'unhealthy', 'unknown']);
    await expect
      .poll(
        async () => {
          await given.clock.pass(50);
          return isDone;
        },
        { timeout: 15_000, interval: 20 },
      )
      .toBe(true);
    await begun;
  }

  it('count as healthy until they first answer, and not when they have answered otherwise', async () => {
    const [, ill, silent] = servers;
    if (ill) ill.answer = 503;
    if (silent) silent.answer = 'silent';
    const given = await world({
      profileOf: () => asked(hop, check),
      check: { port: servers[0]?.port ?? 0 },
    });
    await begin(given, nodes);
    expect(given.dataplane.calls).toEqual(['replaceAll 0', 'replaceAll 1']);
    expect(sentTo(given)).toEqual(['203.0.113.7 node-1 node-3']);
    await expect
      .poll(
        async () => {
          await given.clock.pass(100);
          return sentTo(given);
        },
        { timeout: 15_000, interval: 5 },
      )
      .toEqual(['203.0.113.7 node-1']);
  });
});

it('a connection that comes right after the beginning is taken', async () => {
  const below = stack.use(await userspaceWorld());
  const { target, port } = await below.tcpNode('node-1');
  const { cloud, signal } = await world({
    dataplane: below.dataplane,
    addressPools: [`${local}.100-${local}.101`],
    profileOf: () => unasked(hop),
  });
  const before = service('shop', {
    ports: [{ protocol: 'TCP', port: 7_071, nodePort: port }],
    status: statusWith(`${local}.100`),
  });
  await cloud.begin([before], [node('node-1', target.address)], signal);
  expect(await ask(7_071)).toBe('node-1');
});
