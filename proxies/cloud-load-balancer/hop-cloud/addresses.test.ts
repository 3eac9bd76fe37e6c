import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hop } from '../facts/profiles/hop.ts';
import { RetryLater } from '../provider.ts';
import type { Service } from '../service.ts';
import { cloudWorld, unasked, type CloudWorld } from './testing/cloud-world.ts';
import { node, service, statusWith } from './testing/objects.ts';

const nodes = [node('node-1', '172.30.0.11', 'fd00::11')];

let stack: AsyncDisposableStack;
beforeEach(() => {
  stack = new AsyncDisposableStack();
});
afterEach(() => stack.disposeAsync());

async function world(options: Parameters<typeof cloudWorld>[0] = {}): Promise<CloudWorld> {
  return stack.use(await cloudWorld(options));
}

async function addressOf({ cloud, signal }: CloudWorld, of: Service): Promise<string | undefined> {
  const { ingress } = await cloud.ensureLoadBalancer(of, nodes, signal);
  return ingress?.[0]?.ip;
}

describe('addresses that Services ask for', () => {
  it('are given where they are free', async () => {
    const given = await world();
    expect(await addressOf(given, service('shop', { loadBalancerIP: '203.0.113.77' }))).toBe(
      '203.0.113.77',
    );
    expect(await addressOf(given, service('shop', { loadBalancerIP: '203.0.113.78' }))).toBe(
      '203.0.113.78',
    );
    expect(await addressOf(given, service('other', { loadBalancerIP: '203.0.113.77' }))).toBe(
      '203.0.113.77',
    );
  });

  it('are waited for while another has them', async () => {
    const given = await world();
    const { cloud, signal } = given;
    await addressOf(given, service('first'));
    const asks = service('shop', { loadBalancerIP: '203.0.113.1' });
    const refused = cloud.ensureLoadBalancer(asks, nodes, signal);
    await expect(refused).rejects.toBeInstanceOf(RetryLater);
    await expect(refused).rejects.toThrow(
      'spec.loadBalancerIP asks for 203.0.113.1, which is in use',
    );
    await cloud.ensureLoadBalancerDeleted(service('first'), signal);
    expect(await addressOf(given, asks)).toBe('203.0.113.1');
  });

  it.each([
    ['198.51.100.1', 'is in none of the pools: 203.0.113.0/24 (0 of 254 in use)'],
    ['2001:db8:113::5', 'but the Service has no IPv6'],
    ['shop.example', 'is in none of the pools'],
  ])('are refused where they cannot be: %s', async (loadBalancerIP, reason) => {
    const { cloud, signal } = await world();
    const asks = service('shop', { loadBalancerIP });
    await expect(cloud.ensureLoadBalancer(asks, nodes, signal)).rejects.toThrow(reason);
    expect(await cloud.getLoadBalancer(asks, signal)).toBeNull();
  });

  it('are passed over where the cloud does not hear them', async () => {
    const deaf = { ...unasked(hop), loadBalancerIP: { value: false, sources: [] } };
    const given = await world({ profileOf: () => deaf });
    expect(await addressOf(given, service('shop', { loadBalancerIP: '203.0.113.77' }))).toBe(
      '203.0.113.1',
    );
  });
});

describe('a pool that is used up', () => {
  it('says so, gives what it has back, and is asked again soon', async () => {
    const given = await world({ addressPools: ['203.0.113.0/24', '2001:db8:113::1/128'] });
    const { cloud, signal, dataplane } = given;
    await addressOf(given, service('only', { ipFamilies: ['IPv6'] }));
    const dual = service('shop', { ipFamilies: ['IPv4', 'IPv6'] });
    const refused = await cloud.ensureLoadBalancer(dual, nodes, signal).then(
      () => null,
      (error: unknown) => error,
    );
    expect(refused).toBeInstanceOf(RetryLater);
    expect(refused).toMatchObject({
      message: 'no IPv6 address is free: 2001:db8:113::1/128 (1 of 1 in use)',
      afterMs: 2_000,
    });
    expect(dataplane.forwardings.size).toBe(1);
    expect(await addressOf(given, service('other'))).toBe('203.0.113.1');
    await cloud.ensureLoadBalancerDeleted(service('only', { ipFamilies: ['IPv6'] }), signal);
    const status = await cloud.ensureLoadBalancer(dual, nodes, signal);
    expect(status.ingress?.map(({ ip }) => ip)).toEqual(['203.0.113.2', '2001:db8:113::1']);
  });

  it('serves the families that there is a pool of', async () => {
    const given = await world({ addressPools: ['203.0.113.0/24'] });
    const { cloud, signal } = given;
    const dual = service('dual', { ipFamilies: ['IPv6', 'IPv4'] });
    expect(await addressOf(given, dual)).toBe('203.0.113.1');
    const ipv6 = service('shop', { ipFamilies: ['IPv6'] });
    await expect(cloud.ensureLoadBalancer(ipv6, nodes, signal)).rejects.toThrow(
      'there is no pool of IPv6 addresses; give one with --address-pool',
    );
  });
});

describe('a cloud that begins', () => {
  it('leaves Services the addresses in their statuses', async () => {
    const given = await world();
    const { cloud, signal } = given;
    const shop = service('shop', { status: statusWith('203.0.113.1') });
    await cloud.begin([shop], nodes, signal);
    expect(await cloud.getLoadBalancer(shop, signal)).toEqual(shop.status?.loadBalancer);
    expect(await addressOf(given, service('other'))).toBe('203.0.113.2');
    expect(await addressOf(given, shop)).toBe('203.0.113.1');
  });

  it('leaves an address that was given twice to the older Service, and tells the other', async () => {
    const given = await world();
    const { cloud, signal, events } = given;
    const younger = service('younger', {
      createdAt: '2026-11-22T02:00:00Z',
      status: statusWith('203.0.113.1'),
    });
    const older = service('older', {
      createdAt: '2026-11-22T01:00:00Z',
      status: statusWith('203.0.113.1'),
    });
    // In whichever order they are listed.
    await cloud.begin([older, younger], nodes, signal);
    await cloud.begin([younger, older], nodes, signal);
    expect([...new Set(events)]).toEqual([
      'shop/younger Warning LoadBalancerAddressTaken: ' +
        '203.0.113.1 is the address of an older Service: shop/younger gets another',
    ]);
    expect(await addressOf(given, younger)).toBe('203.0.113.2');
    expect(await addressOf(given, older)).toBe('203.0.113.1');
  });

  it('takes away what is nobody’s any more, and keeps what goes on', async () => {
    const given = await world();
    const { cloud, dataplane, signal } = given;
    const [stays, goes] = [service('stays'), service('goes')];
    await addressOf(given, goes);
    await addressOf(given, stays);
    // Its status was never written.
    await cloud.begin([stays], nodes, signal);
    expect(dataplane.calls.at(-1)).toBe('replaceAll 1');
    expect(cloud.loadBalancers()).toMatchObject([{ service: 'shop/stays' }]);
    expect(await cloud.getLoadBalancer(goes, signal)).toBeNull();
    expect(await addressOf(given, stays)).toBe('203.0.113.2');
    expect(await addressOf(given, service('next'))).toBe('203.0.113.1');
  });

  it('believes statuses more than itself', async () => {
    const given = await world();
    const { cloud, dataplane, signal } = given;
    const mine = service('mine');
    await addressOf(given, mine);
    const theirs = service('theirs', { status: statusWith('203.0.113.1') });
    await cloud.begin([mine, theirs], nodes, signal);
    const forwarded = [...dataplane.forwardings.values()].map((each) => each.service);
    expect(forwarded).toEqual(['shop/theirs']);
    expect(await addressOf(given, mine)).toBe('203.0.113.2');
    expect(await addressOf(given, theirs)).toBe('203.0.113.1');
  });

  it('is without addresses of others, and of none that it cannot give', async () => {
    const given = await world();
    const { cloud, signal } = given;
    const others = {
      ...service('others', {
        loadBalancerClass: 'example.com/other',
        status: statusWith('203.0.113.1'),
      }),
      metadata: { name: 'others', namespace: 'shop', uid: 'uid-others' },
    };
    const strange = service('strange', { status: statusWith('198.51.100.1', '203.0.113.255') });
    await cloud.begin([others, strange], nodes, signal);
    expect(await cloud.getLoadBalancer(others, signal)).toBeNull();
    expect(await addressOf(given, strange)).toBe('203.0.113.1');
  });

  it('begins anew where it could not', async () => {
    const { cloud, dataplane, signal } = await world();
    const shop = service('shop', { status: statusWith('203.0.113.9') });
    dataplane.fail(new Error('no permission'));
    await expect(cloud.begin([shop], nodes, signal)).rejects.toThrow('no permission');
    dataplane.fail(null);
    await cloud.begin([shop], nodes, signal);
    expect(await cloud.getLoadBalancer(shop, signal)).not.toBeNull();
    await cloud.begin([], nodes, signal);
    expect(await cloud.getLoadBalancer(shop, signal)).toBeNull();
  });
});
