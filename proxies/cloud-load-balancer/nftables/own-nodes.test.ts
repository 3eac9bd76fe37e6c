import { expect, it } from 'vitest';
import { createFakeDataplane } from '../hop-cloud/testing/fake-dataplane.ts';
import type { Forwarding, Target } from '../forwarding.ts';
import { withoutOwnNodes } from './own-nodes.ts';

const own: readonly Target[] = [
  { node: 'node-1', family: 'IPv4', address: '172.30.0.11' },
  { node: 'node-1', family: 'IPv6', address: 'fd00:172:30:0::11' },
];
const other: Target = { node: 'node-2', family: 'IPv4', address: '172.30.0.12' };

function forwarding(mode: Forwarding['mode'], targets: readonly Target[]): Forwarding {
  return {
    ...{ name: 'a1', service: 'shop/shop', mode, targets },
    addresses: [{ family: 'IPv4', address: '203.0.113.10' }],
    ports: [{ protocol: 'TCP', port: 80, nodePort: 30_080 }],
    ...{ sourceRanges: [], sessionAffinity: 'None' },
  };
}

it.each(['Proxy', 'VIP'] as const)(
  'a node that is this machine gets nothing in %s, which is said once',
  async (mode) => {
    const log: string[] = [];
    const below = createFakeDataplane();
    const dataplane = withoutOwnNodes(below, {
      log: (line) => log.push(line),
      ownAddresses: () => ['127.0.0.1', '172.30.0.11', 'fd00:172:30::11'],
    });
    await dataplane.replaceAll([forwarding(mode, [...own, other])]);
    expect(below.forwardings.get('a1')?.targets).toEqual([other]);
    // The only one: nobody is left, and clients are refused.
    await dataplane.ensure(forwarding(mode, own));
    expect(below.forwardings.get('a1')?.targets).toEqual([]);
    expect(log).toEqual(
      ['172.30.0.11', 'fd00:172:30:0::11'].map(
        (address) =>
          `nftables: node node-1 at ${address} is this machine: it gets no connections, because the kernel cannot ` +
          'pass them on to its own node ports: use --dataplane userspace',
      ),
    );
  },
);

it('addresses that this machine gets later count from then on', async () => {
  const here: string[] = [];
  const below = createFakeDataplane();
  const dataplane = withoutOwnNodes(below, { log: () => undefined, ownAddresses: () => here });
  await dataplane.ensure(forwarding('Proxy', [...own, other]));
  expect(below.forwardings.get('a1')?.targets).toEqual([...own, other]);
  here.push('172.30.0.11', 'fd00:172:30::11');
  await dataplane.ensure(forwarding('Proxy', [...own, other]));
  expect(below.forwardings.get('a1')?.targets).toEqual([other]);
});

it('knows the addresses of this machine by itself', async () => {
  const below = createFakeDataplane();
  const dataplane = withoutOwnNodes(below, { log: () => undefined });
  await dataplane.ensure(
    forwarding('Proxy', [{ node: 'node-1', family: 'IPv4', address: '127.0.0.1' }, other]),
  );
  expect(below.forwardings.get('a1')?.targets).toEqual([other]);
});
