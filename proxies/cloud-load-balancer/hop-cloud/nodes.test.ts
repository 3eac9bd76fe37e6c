import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hop } from '../facts/profiles/hop.ts';
import { klipper } from '../facts/profiles/klipper.ts';
import { metallb } from '../facts/profiles/metallb.ts';
import type { HealthCheck } from '../profile.ts';
import { asked, cloudWorld, unasked, type CloudWorld } from './testing/cloud-world.ts';
import { startHealthServer, type HealthServer } from './testing/health-servers.ts';
import { node, service } from './testing/objects.ts';

const check: HealthCheck = {
  asks: 'kube-proxy',
  intervalSeconds: 5,
  timeoutSeconds: 2,
  healthyThreshold: 1,
  unhealthyThreshold: 2,
};
const local = `127.${183 + ((process.pid >> 8) % 8)}.${process.pid % 256}`;
const [one, other] = [node('node-1', `${local}.1`), node('node-2', `${local}.2`)];
const shop = service('shop');

let stack: AsyncDisposableStack;
let servers: readonly [HealthServer, HealthServer];

beforeEach(async () => {
  stack = new AsyncDisposableStack();
  const first = stack.use(await startHealthServer(`${local}.1`));
  servers = [first, stack.use(await startHealthServer(`${local}.2`, first.port))];
});
afterEach(() => stack.disposeAsync());

async function world(options: Parameters<typeof cloudWorld>[0] = {}): Promise<CloudWorld> {
  return stack.use(
    await cloudWorld({
      profileOf: () => asked(hop, check),
      check: { port: servers[0].port },
      ...options,
    }),
  );
}

function targets({ dataplane }: CloudWorld): readonly string[] {
  return [...dataplane.forwardings.values()].flatMap((each) => each.targets.map((to) => to.node));
}

/** Lets time pass until packets go to these. */
async function untilSentTo(given: CloudWorld, names: readonly string[]): Promise<void> {
  await expect
    .poll(
      async () => {
        await given.clock.pass(100);
        return targets(given);
      },
      { timeout: 15_000, interval: 5 },
    )
    .toEqual(names);
}

describe('nodes of a load balancer', () => {
  it('are asked before the first packet is sent to them', async () => {
    const given = await world();
    servers[0].answer = 503;
    await given.cloud.ensureLoadBalancer(shop, [one, other], given.signal);
    expect(targets(given)).toEqual(['node-2']);
    expect(given.cloud.loadBalancers()[0]?.targets).toMatchObject([
      { node: 'node-1', health: 'unhealthy', isUsed: false },
      { node: 'node-2', health: 'healthy', isUsed: true },
    ]);
  });

  it('get packets while they are healthy, without a word from the controller', async () => {
    const given = await world();
    await given.cloud.ensureLoadBalancer(shop, [one, other], given.signal);
    expect(targets(given)).toEqual(['node-1', 'node-2']);
    servers[1].answer = 503;
    await untilSentTo(given, ['node-1']);
    servers[1].answer = 200;
    await untilSentTo(given, ['node-1', 'node-2']);
  });

  it('get none when all are unhealthy, which is said once', async () => {
    const given = await world();
    await given.cloud.ensureLoadBalancer(shop, [one, other], given.signal);
    for (const server of servers) server.answer = 503;
    await untilSentTo(given, []);
    await given.cloud.ensureLoadBalancer(shop, [one, other], given.signal);
    expect(given.log).toEqual(['shop/shop: no node is healthy; clients are refused']);
  });

  it('are not asked any more when nobody wants to know', async () => {
    const given = await world();
    await given.cloud.ensureLoadBalancer(shop, [one, other], given.signal);
    await given.cloud.ensureLoadBalancerDeleted(shop, given.signal);
    await expect.poll(() => given.clock.waiting, { timeout: 15_000 }).toBe(0);
    const before = servers.map((server) => server.asked);
    await given.clock.pass(60_000);
    expect(servers.map((server) => server.asked)).toEqual(before);
  });

  it('are not waited for when they say nothing', async () => {
    const given = await world();
    servers[0].answer = 'silent';
    const ensured = given.cloud.ensureLoadBalancer(shop, [one, other], given.signal);
    await expect
      .poll(() => servers.map(({ asked: times }) => times), { timeout: 15_000 })
      .toEqual([1, 1]);
    await untilSentTo(given, ['node-2']);
    await ensured;
  });

  it.each([
    ['of a cloud that asks nodes', asked(hop, check)],
    ['of a cloud that looks at endpoints', unasked(metallb)],
  ])('count as healthy where the Service has endpoints, with Local: %s', async (_, profile) => {
    const given = await world({ profileOf: () => profile, check: { port: 1 } });
    const isLocal = service('shop', {
      externalTrafficPolicy: 'Local',
      healthCheckNodePort: servers[0].port,
    });
    servers[0].answer = 503;
    await given.cloud.ensureLoadBalancer(isLocal, [one, other], given.signal);
    expect(targets(given)).toEqual(['node-2']);
    servers[0].answer = 200;
    servers[1].answer = 503;
    await untilSentTo(given, ['node-1']);
  });

  it('are shown while they are healthy, where the status has their own addresses', async () => {
    const given = await world({ profileOf: () => asked(klipper, check) });
    const shown = async () =>
      (await given.cloud.getLoadBalancer(shop, given.signal))?.ingress?.map(({ ip }) => ip);
    await given.cloud.ensureLoadBalancer(shop, [one, other], given.signal);
    expect(await shown()).toEqual([`${local}.1`, `${local}.2`]);
    await given.cloud.updateLoadBalancer(shop, [other], given.signal);
    expect(await shown()).toEqual([`${local}.2`]);
    await given.cloud.updateLoadBalancer(shop, [one, other], given.signal);
    servers[1].answer = 503;
    await expect
      .poll(
        async () => {
          await given.clock.pass(200);
          return shown();
        },
        { timeout: 15_000, interval: 5 },
      )
      .toEqual([`${local}.1`]);
  });

  it('are told to the dataplane again after it has failed', async () => {
    const given = await world();
    await given.cloud.ensureLoadBalancer(shop, [one, other], given.signal);
    given.dataplane.fail(new Error('no room'));
    servers[1].answer = 503;
    await expect
      .poll(
        async () => {
          await given.clock.pass(200);
          return given.log.join();
        },
        { timeout: 15_000, interval: 5 },
      )
      .toContain('its nodes could not be changed: no room');
    given.dataplane.fail(null);
    await untilSentTo(given, ['node-1']);
  });

  it('are asked once each for a thousand Services', async () => {
    const given = await world({ addressPools: ['10.0.0.0/16'] });
    const services = Array.from({ length: 1_000 }, (_, number) => service(`shop-${number}`));
    await Promise.all(
      services.map((each) => given.cloud.ensureLoadBalancer(each, [one, other], given.signal)),
    );
    expect(servers.map(({ asked: times }) => times)).toEqual([1, 1]);
    const addresses = given.cloud.loadBalancers().flatMap((each) => each.addresses);
    expect(new Set(addresses).size).toBe(1_000);
  });
});
