/** What changes while a kube-proxy runs: its node, the cluster's ranges, and time. */
import { expect, it } from 'vitest';
import { zoneLabel } from './endpoints/api-objects.ts';
import type { KubeProxy } from './proxy.ts';
import { createFakeClock } from '../kit/testing/fake-clock.ts';
import { node, paths, service, slice } from './testing/objects.ts';
import { nextSync, startWorld, type World } from './testing/start-world.ts';

/** What cluster-autoscaler says of a node. */
const aboutToGo = 'ToBeDeletedByClusterAutoscaler';

it('tells load balancers of a node that is about to go, and writes nothing for it', async () => {
  await using world = await startWorld();
  world.apiserver.put(paths.services, service('web', '10.96.0.10'));
  const proxy = await world.start();
  await proxy.synced;
  const before = world.mode.of('IPv4').changes.length;
  world.apiserver.put(paths.nodes, node({ spec: { taints: [{ key: aboutToGo }] } }));
  await expect.poll(() => statusOf(proxy, 'healthz'), { timeout: 20_000 }).toBe(503);
  expect(await statusOf(proxy, 'livez')).toBe(200);
  const changed = nextSync(proxy, ({ changed }) => changed === 1);
  world.apiserver.put(paths.slices, slice('web', ['10.244.1.3']));
  await changed;
  expect(world.mode.of('IPv4').changes).toHaveLength(before + 1);
});

it('waits for its Node, since it must know its addresses; but not for ever', async () => {
  const clock = createFakeClock();
  await using world = await startWorld();
  world.apiserver.remove(paths.nodes, 'node-1');
  const settings = { families: ['IPv4'] as const };
  const patient = await world.start({ clock, settings });
  for (const path of [paths.services, paths.slices, paths.nodes]) {
    await world.apiserver.untilWatched(path);
  }
  await clock.pass(299_000);
  expect(world.mode.dataplanes).toEqual([]);
  world.apiserver.put(paths.nodes, node());
  await patient.synced;
  expect(world.mode.dataplanes.map(({ options }) => options.nodeIPs)).toEqual([['172.30.0.21']]);

  await using empty = await startWorld();
  empty.apiserver.remove(paths.nodes, 'node-1');
  const alone = await empty.start({ clock, settings });
  await empty.apiserver.untilWatched(paths.nodes);
  const waiting = setInterval(() => void clock.pass(20_000), 1);
  await alone.synced.finally(() => clearInterval(waiting));
  expect(empty.mode.of('IPv4').options).toMatchObject({
    nodeIPs: ['127.0.0.1'],
    isNodeUnknown: true,
  });
});

it('chooses endpoints anew when the node is in another zone', async () => {
  await using world = await startWorld();
  world.apiserver.put(paths.nodes, node({ labels: { [zoneLabel]: 'a' } }));
  world.apiserver.put(paths.services, service('web', '10.96.0.10'));
  const zones = [
    ['10.244.1.2', 'a'],
    ['10.244.2.2', 'b'],
  ];
  const endpoints = zones.map(([address, name]) => ({
    addresses: [address],
    hints: { forZones: [{ name }] },
  }));
  world.apiserver.put(paths.slices, { ...slice('web', ['10.244.1.2']), endpoints } as never);
  const proxy = await world.start();
  await proxy.synced;
  expect(backendsOf(world)).toEqual(['10.244.1.2']);
  const moved = nextSync(proxy, ({ changed }) => changed === 1);
  world.apiserver.put(paths.nodes, node({ labels: { [zoneLabel]: 'b' } }));
  await moved;
  expect(backendsOf(world)).toEqual(['10.244.2.2']);
});

it('passes on ServiceCIDRs that are added', async () => {
  await using world = await startWorld();
  const add = (name: string, cidr: string) => {
    world.apiserver.put(paths.serviceCIDRs, {
      metadata: { name },
      spec: { cidrs: [cidr] },
    } as never);
  };
  add('kubernetes', '10.96.0.0/16');
  await (
    await world.start()
  ).synced;
  add('more', '10.97.0.0/16');
  await expect
    .poll(() => world.mode.of('IPv4').changes.at(-1)?.serviceCIDRs, { timeout: 20_000 })
    .toEqual(['10.96.0.0/16', '10.97.0.0/16']);
});

it('is unhealthy while a change has waited for two periods, and well when it is written', async () => {
  const clock = createFakeClock();
  await using world = await startWorld();
  world.apiserver.put(paths.services, service('web', '10.96.0.10'));
  const proxy = await world.start({ clock, settings: { families: ['IPv4'] } });
  await proxy.synced;
  const dataplane = world.mode.of('IPv4');
  dataplane.failure = 'No such file or directory';
  const failed = nextSync(proxy, ({ error }) => error !== null);
  world.apiserver.put(paths.slices, slice('web', ['10.244.1.3']));
  await failed;
  await clock.pass(59_000);
  expect(await statusOf(proxy, 'livez')).toBe(200);
  await clock.pass(1000);
  expect([await statusOf(proxy, 'livez'), await statusOf(proxy, 'healthz')]).toEqual([503, 503]);
  dataplane.failure = null;
  const written = nextSync(proxy, ({ error }) => error === null);
  await clock.pass(30_000);
  await written;
  expect([await statusOf(proxy, 'livez'), await statusOf(proxy, 'healthz')]).toEqual([200, 200]);
});

it('compares everything once an hour', async () => {
  const clock = createFakeClock();
  await using world = await startWorld();
  const proxy = await world.start({ clock, settings: { families: ['IPv4'] } });
  await proxy.synced;
  const dataplane = world.mode.of('IPv4');
  const before = dataplane.distrusted;
  await clock.pass(3_600_000 - 1);
  expect(dataplane.distrusted).toBe(before);
  expect(dataplane.changes.length).toBeGreaterThan(100);
  await clock.pass(60_000);
  expect(dataplane.distrusted).toBe(before + 1);
});

it('records of a Service what cannot be done for it', async () => {
  await using world = await startWorld();
  world.apiserver.put(paths.services, service('web', '10.96.0.10'));
  await (
    await world.start()
  ).synced;
  const { options, ports } = world.mode.of('IPv4');
  const port = ports.get('IPv4 default/web:http/TCP');
  if (port === undefined) throw new Error('the port was not told');
  options.onProblem({ port, reason: 'FailedToListen', message: 'address already in use' });
  await expect
    .poll(() => world.apiserver.posted.map(({ object }) => object), { timeout: 20_000 })
    .toContainEqual(
      expect.objectContaining({
        involvedObject: expect.objectContaining({
          ...{ kind: 'Service', namespace: 'default', name: 'web' },
        }) as unknown,
        type: 'Warning',
        reason: 'FailedToListen',
        message: 'address already in use',
      }),
    );
});

function backendsOf(world: World): readonly string[] | undefined {
  const port = world.mode.of('IPv4').ports.get('IPv4 default/web:http/TCP');
  return port?.cluster.map(({ address }) => address);
}

async function statusOf({ healthzAddress }: KubeProxy, path: string): Promise<number> {
  return (await fetch(`http://${healthzAddress ?? ''}/${path}`)).status;
}
