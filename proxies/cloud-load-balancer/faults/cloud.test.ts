/** A cloud that is out of order, stands still or has no address left: events say why, and nothing stays behind. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hop } from '../facts/profiles/hop.ts';
import { unasked } from '../hop-cloud/testing/cloud-world.ts';
import { createFakeDataplane, type FakeDataplane } from '../hop-cloud/testing/fake-dataplane.ts';
import { createHopCloud } from '../hop-cloud/provider.ts';
import {
  createControllerWorld,
  nodeOf,
  serviceOf,
  servicesPath,
  type ControllerWorld,
} from '../testing/controller-world.ts';

let stack: AsyncDisposableStack;
let world: ControllerWorld;
let dataplane: FakeDataplane;

beforeEach(async () => {
  stack = new AsyncDisposableStack();
  world = stack.use(createControllerWorld());
  dataplane = createFakeDataplane();
  await world.cluster.api.create('/api/v1/nodes', nodeOf('node-1'));
  const { clock, events, log } = world;
  const provider = stack.use(
    await createHopCloud({
      dataplane,
      addressPools: ['203.0.113.1/32'],
      profileOf: () => unasked(hop),
      ipMode: 'VIP',
      clock,
      tell: (_service, type, reason, message) => events.push(`${type} ${reason}: ${message}`),
      log: (line) => log.push(line),
    }),
  );
  await world.start({ provider, syncTimeoutMs: 5_000 });
  await inTime(() => dataplane.calls.includes('replaceAll 0'));
});
afterEach(() => stack.disposeAsync());

/** Lets time pass until it is so. */
async function inTime(isSo: () => boolean): Promise<void> {
  for (let waitedMs = 0; !isSo() && waitedMs < 600_000; waitedMs += 1_000) await world.pass(1_000);
  expect(isSo()).toBe(true);
}

const isTold = (text: string) => () => world.events.some((event) => event.includes(text));
const hasAddress = (name: string) => () =>
  world.service(name)?.status?.loadBalancer?.ingress?.[0]?.ip === '203.0.113.1';
const isGone = (name: string) => () => world.service(name) === undefined;
const create = (name: string) => world.cluster.api.create(servicesPath, serviceOf(name));
const remove = (name: string) => world.cluster.api.delete(`${servicesPath}/${name}`);

describe('a controller over a cloud', () => {
  it('says why the dataplane refuses, and is done when it does no more', async () => {
    dataplane.fail(new Error('port 80 is taken'));
    await create('web');
    await inTime(isTold('SyncLoadBalancerFailed web: Error syncing load balancer: '));
    await inTime(isTold('port 80 is taken'));
    dataplane.fail(null);
    await inTime(hasAddress('web'));
    dataplane.fail(new Error('cannot remove'));
    await remove('web');
    await inTime(isTold('cannot remove'));
    expect(isGone('web')()).toBe(false);
    dataplane.fail(null);
    await inTime(isGone('web'));
    expect(dataplane.forwardings.size).toBe(0);
  });

  it('gives up a call that hangs, and makes the next when that has ended', async () => {
    const held = Promise.withResolvers<undefined>();
    dataplane.hold(held.promise);
    await create('web');
    await inTime(isTold('context deadline exceeded'));
    await remove('web');
    await world.pass(60_000);
    expect(isGone('web')()).toBe(false);
    held.resolve(undefined);
    await inTime(isGone('web'));
    expect(dataplane.forwardings.size).toBe(0);
    await create('next');
    await inTime(hasAddress('next'));
  });

  it('lets a Service wait for an address, and says what for', async () => {
    await create('first');
    await inTime(hasAddress('first'));
    await create('second');
    await inTime(isTold('no IPv4 address is free: 203.0.113.1/32 (1 of 1 in use)'));
    expect(world.service('second')?.status?.loadBalancer?.ingress ?? []).toEqual([]);
    await remove('first');
    await inTime(isGone('first'));
    const fromMs = world.clock.now();
    await inTime(hasAddress('second'));
    expect(world.clock.now() - fromMs).toBeLessThan(10_000);
    expect(dataplane.forwardings.size).toBe(1);
  });
});
