import { expect, it, vi } from 'vitest';
import { node, paths, service } from '../testing/objects.ts';
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
