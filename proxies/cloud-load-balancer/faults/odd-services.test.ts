/** Services that a cloud finds when it begins, and that are nobody's, or somebody else's. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createProfileOf } from '../command/profile-of.ts';
import { finalizer } from '../facts/finalizer.ts';
import { hop } from '../facts/profiles/hop.ts';
import { cloudWorld, unasked } from '../hop-cloud/testing/cloud-world.ts';
import type { HopCloud } from '../hop-cloud/options.ts';
import type { LoadBalancerIngress } from '../service.ts';
import {
  createControllerWorld,
  nodeOf,
  serviceOf,
  servicesPath,
  type ControllerWorld,
} from '../testing/controller-world.ts';

const providerAnnotation = 'example.com/provider';
const ourClass = 'example.com/ours';
const ipv4 = { ipFamilies: ['IPv4'] } as const;

let stack: AsyncDisposableStack;
let cloud: HopCloud;
let world: ControllerWorld;

beforeEach(async () => {
  stack = new AsyncDisposableStack();
  const profileOf = createProfileOf({ profile: unasked(hop), providerAnnotation });
  ({ cloud } = stack.use(await cloudWorld({ profileOf })));
  world = stack.use(createControllerWorld());
  await world.cluster.api.create('/api/v1/nodes', nodeOf('node-1'));
});
afterEach(() => stack.disposeAsync());

async function begin(loadBalancerClass: string | null = null): Promise<void> {
  const { began } = await world.start({ provider: cloud, loadBalancerClass });
  await began;
}

async function add(
  service: ReturnType<typeof serviceOf>,
  ...ingress: readonly LoadBalancerIngress[]
): Promise<void> {
  await world.cluster.api.create(servicesPath, {
    ...service,
    status: { loadBalancer: { ingress } },
  });
}

const ipsOf = (name: string) =>
  (world.service(name)?.status?.loadBalancer?.ingress ?? []).map(({ ip }) => ip);

describe('a Service of another cloud', () => {
  it.each([
    ['an address', { ip: '34.1.2.3', ipMode: 'VIP' }],
    ['a hostname', { hostname: 'web-1.elb.amazonaws.com' }],
  ] as const)('keeps %s and its finalizer where ours has a class', async (_, ingress) => {
    await add(serviceOf('web', ipv4, { finalizers: [finalizer] }), ingress);
    await begin(ourClass);
    await world.cluster.api.create(
      servicesPath,
      serviceOf('mine', { ...ipv4, loadBalancerClass: ourClass }),
    );
    await world.until(() => ipsOf('mine').length === 1);
    await world.pass(60_000);
    expect(world.service('web')?.metadata.finalizers).toEqual([finalizer]);
    expect(world.service('web')?.status?.loadBalancer?.ingress).toEqual([ingress]);
    expect(world.events.filter((event) => event.includes(' web: '))).toEqual([]);
  });
});

describe('a Service that names a cloud that there is not', () => {
  const annotations = { [providerAnnotation]: 'nimbus' };

  it('keeps no other from being served, though nothing was ever given to it', async () => {
    await add(serviceOf('odd', ipv4, { annotations }));
    await begin();
    await world.cluster.api.create(servicesPath, serviceOf('web', ipv4));
    await world.until(() => ipsOf('web').length === 1);
    await world.until(() => world.events.some((event) => event.includes('no provider "nimbus"')));
    expect(ipsOf('odd')).toEqual([]);
  });

  it('keeps the address that it was given before', async () => {
    const odd = serviceOf('odd', ipv4, { annotations, finalizers: [finalizer] });
    await add(odd, { ip: '203.0.113.1', ipMode: 'VIP' });
    await begin();
    await world.cluster.api.create(servicesPath, serviceOf('web', ipv4));
    await world.until(() => ipsOf('web').length === 1);
    expect(ipsOf('web')).toEqual(['203.0.113.2']);
    expect(ipsOf('odd')).toEqual(['203.0.113.1']);
  });
});
