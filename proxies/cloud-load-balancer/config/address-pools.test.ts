import { expect, it } from 'vitest';
import { addressPools } from './address-pools.ts';

const userspace = { dataplane: 'userspace' } as const;

it('reads networks and ranges of both families', async () => {
  const texts = ['192.0.2.0/24', '198.51.100.7-198.51.100.9', '2001:db8:113::/64'];
  const pools = await addressPools(texts, { ...userspace, hasIPv6: async () => true });
  expect(pools.map(({ text, family }) => [text, family])).toEqual([
    ['192.0.2.0/24', 'IPv4'],
    ['198.51.100.7-198.51.100.9', 'IPv4'],
    ['2001:db8:113::/64', 'IPv6'],
  ]);
});

it('refuses IPv6 where the machine has none', async () => {
  const pools = addressPools(['2001:db8::/64'], { ...userspace, hasIPv6: async () => false });
  await expect(pools).rejects.toMatchObject({
    hint: 'no-ipv6',
    message: '--address-pool: 2001:db8::/64 is of IPv6, which this machine does not have',
  });
});

it.each([
  ['fe80::/64', 'foreign-pool'],
  ['ff02::1-ff02::9', 'foreign-pool'],
  ['169.254.1.0/24', 'foreign-pool'],
  ['255.255.255.255/32', 'foreign-pool'],
  ['0.0.0.0/32', 'foreign-pool'],
  ['2001::/16', 'large-pool'],
  ['192.0.2.9-192.0.2.1', 'bad-pool'],
  ['192.0.2.1-2001:db8::1', 'bad-pool'],
  ['example.com', 'bad-pool'],
])('refuses %s', async (text, hint) => {
  const pools = addressPools([text], { ...userspace, hasIPv6: async () => true });
  await expect(pools).rejects.toMatchObject({ hint });
});
