import { expect, it, vi } from 'vitest';
import { zoneLabel } from '../endpoints/api-objects.ts';
import { node, paths, service, slice } from '../testing/objects.ts';
import { nextSync, startWorld } from '../testing/start-world.ts';

it('keeps what it wrote for a Node that goes, and comes back without addresses', async () => {
  await using world = await startWorld();
  const proxy = await world.start({ settings: { families: ['IPv4'] } });
  await proxy.synced;
  const untilHealthzIs = (status: number) =>
    vi.waitFor(
      async () =>
        expect((await fetch(`http://${proxy.healthzAddress}/healthz`)).status).toBe(status),
      { timeout: 30_000 },
    );
  world.apiserver.remove(paths.nodes, 'node-1');
  await untilHealthzIs(503);
  world.apiserver.put(paths.nodes, { ...node(), status: {} } as never);
  await untilHealthzIs(200);
  const synced = nextSync(proxy, ({ changed }) => changed === 1);
  world.apiserver.put(paths.services, service('web', '10.96.0.1'));
  await synced;
  expect(world.mode.dataplanes).toHaveLength(1);
  expect(world.mode.of('IPv4').options.nodePortIPs).toEqual(['172.30.0.21']);
});

it('still prefers the endpoints of its zone when its Node is gone', async () => {
  await using world = await startWorld();
  world.apiserver.put(paths.nodes, node({ labels: { [zoneLabel]: 'a' } }));
  world.apiserver.put(paths.services, service('web', '10.96.0.1'));
  const endpoints = ['a', 'b'].map((zone, index) => ({
    addresses: [`10.244.1.${index}`],
    hints: { forZones: [{ name: zone }] },
  }));
  world.apiserver.put(paths.slices, { ...slice('web', ['10.244.1.0']), endpoints } as never);
  const proxy = await world.start({ settings: { families: ['IPv4'] } });
  await proxy.synced;
  world.apiserver.remove(paths.nodes, 'node-1');
  await vi.waitFor(
    async () => expect((await fetch(`http://${proxy.healthzAddress}/healthz`)).status).toBe(503),
    { timeout: 30_000 },
  );
  const synced = nextSync(proxy, ({ changed }) => changed > 0);
  world.apiserver.put(paths.services, service('other', '10.96.0.2'));
  await synced;
  const port = world.mode.of('IPv4').ports.get('IPv4 default/web:http/TCP');
  expect(port?.cluster.map(({ address }) => address)).toEqual(['10.244.1.0']);
});
