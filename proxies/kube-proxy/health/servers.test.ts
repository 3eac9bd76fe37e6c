import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import type { KubeObject } from '../../kit/api/api-client.ts';
import { paths, service, slice } from '../testing/objects.ts';
import { nextSync, startWorld } from '../testing/start-world.ts';

/** A port that the system gives to nobody by itself, and whoever holds it. */
async function takePort() {
  const port = 20_000 + randomInt(12_000);
  const holder = createServer().listen(port, '127.0.0.1');
  await once(holder, 'listening');
  const release = async () => {
    holder.close();
    await once(holder, 'close');
  };
  return { port, release };
}

function local(healthCheckNodePort: number): KubeObject {
  return service('web', '10.96.0.10', {
    type: 'LoadBalancer',
    externalTrafficPolicy: 'Local',
    healthCheckNodePort,
  });
}

type EventObject = KubeObject & { readonly reason?: string };

/** The node's address is not of this machine: any is. */
const anywhere = { nodePortAddresses: ['0.0.0.0/0'], families: ['IPv4' as const] };

it('tells a load balancer how many endpoints of a Service are on this node', async () => {
  const { port, release } = await takePort();
  await release();
  await using world = await startWorld();
  world.apiserver.put(paths.services, local(port));
  world.apiserver.put(paths.slices, slice('web', ['10.244.1.2', '10.244.1.3']));
  const proxy = await world.start({ settings: anywhere });
  await proxy.synced;
  const ask = () => fetch(`http://127.0.0.1:${port}/any/path`);
  const answer = await ask();
  expect(answer.status).toBe(200);
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  expect(answer.headers.get('content-type')).toBe('application/json');
  expect(answer.headers.get('x-load-balancing-endpoint-weight')).toBe('2');
  expect(await answer.json()).toEqual({
    service: { namespace: 'default', name: 'web' },
    localEndpoints: 2,
    serviceProxyHealthy: true,
  });
  const emptied = nextSync(proxy, ({ changed }) => changed === 1);
  world.apiserver.put(paths.slices, { ...slice('web', []), addressType: 'IPv4' } as KubeObject);
  await emptied;
  await expect.poll(async () => (await ask()).status, { timeout: 20_000 }).toBe(503);
  expect((await ask()).headers.get('x-load-balancing-endpoint-weight')).toBe('0');
});

it('records an event where it cannot listen, and listens once it can', async () => {
  const { port, release } = await takePort();
  await using world = await startWorld();
  world.apiserver.put(paths.services, local(port));
  world.apiserver.put(paths.slices, slice('web', ['10.244.1.2']));
  const proxy = await world.start({ settings: anywhere });
  await proxy.synced;
  await expect
    .poll(() => world.apiserver.posted.map(({ object }) => object), { timeout: 20_000 })
    .toContainEqual(
      expect.objectContaining({
        reason: 'FailedToStartServiceHealthcheck',
        type: 'Warning',
        message: `node node-1 failed to start healthcheck "default/web" on port ${port}: listen tcp 0.0.0.0:${port}: bind: address already in use`,
      }),
    );
  await release();
  world.apiserver.put(paths.slices, slice('web', ['10.244.1.2', '10.244.1.3']));
  const ask = () =>
    fetch(`http://127.0.0.1:${port}/`).then(
      ({ status }) => status,
      () => 0,
    );
  await expect.poll(ask, { timeout: 20_000 }).toBe(200);
});

it('shows the mode, the configuration and that it runs where it shows its metrics', async () => {
  await using world = await startWorld();
  const proxy = await world.start({ configz: { Mode: 'nftables' } });
  const ask = async (path: string) => {
    const answer = await fetch(`http://${proxy.metricsAddress ?? ''}${path}`);
    return [answer.status, answer.headers.get('content-type'), await answer.text()];
  };
  const plain = 'text/plain; charset=utf-8';
  expect(await ask('/proxyMode')).toEqual([200, plain, 'nftables']);
  expect(await ask('/proxyMode?verbose=1')).toEqual([200, plain, 'nftables']);
  expect(await ask('/healthz')).toEqual([200, plain, 'ok']);
  expect(await ask('/configz')).toEqual([
    200,
    'application/json',
    '{"kubeproxy.config.k8s.io":{"Mode":"nftables"}}',
  ]);
  expect(await ask('/other')).toEqual([404, plain, '404 page not found\n']);
});

it('ends where an address is taken and it must have it; otherwise it goes on', async () => {
  const { port, release } = await takePort();
  await using taken = new AsyncDisposableStack();
  taken.defer(release);
  const settings = { metricsBindAddress: `127.0.0.1:${port}` };
  await using world = await startWorld();
  const patient = await world.start({ settings });
  await patient.synced;
  expect(patient.metricsAddress).toBe(null);
  const strict = await world.start({ settings: { ...settings, isBindHardFail: true } });
  await expect(strict.ended).rejects.toThrow(
    `starting metrics server failed: listen tcp 127.0.0.1:${port}: bind: address already in use`,
  );
  const reasons = () => world.apiserver.posted.map(({ object }) => (object as EventObject).reason);
  await expect.poll(reasons, { timeout: 20_000 }).toContain('FailedToStartMetricServer');
});

it('has no server where it is given no address', async () => {
  await using world = await startWorld();
  const proxy = await world.start({ settings: { healthzBindAddress: '', metricsBindAddress: '' } });
  await proxy.synced;
  expect([proxy.healthzAddress, proxy.metricsAddress]).toEqual([null, null]);
  expect(world.logged.filter((line) => line.startsWith('E'))).toEqual([]);
});
