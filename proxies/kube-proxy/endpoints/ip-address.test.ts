import { BlockList } from 'node:net';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { addressIn, readAddress } from './ip-address.ts';
import { readRange } from './ip-range.ts';

it.each([
  ['10.0.0.1', 'IPv4', '10.0.0.1'],
  ['172.30.0.041', 'IPv4', '172.30.0.41'],
  ['000.0.00.0', 'IPv4', '0.0.0.0'],
  ['fd00:10:244::1', 'IPv6', 'fd00:10:244::1'],
  ['FD00:0:0:0:0:0:0:0A', 'IPv6', 'fd00::a'],
  ['2001:db8:85a3:0:0:8a2e:370:7334', 'IPv6', '2001:db8:85a3::8a2e:370:7334'],
  // The same address by another name, as Go sees it.
  ['::ffff:10.0.0.1', 'IPv4', '10.0.0.1'],
  ['::FFFF:0a00:0001', 'IPv4', '10.0.0.1'],
] as const)('reads %s as the %s address %s', (text, family, address) => {
  expect(readAddress(text)).toEqual({ family, address });
  expect(addressIn(family, text)).toBe(address);
  expect(addressIn(family === 'IPv4' ? 'IPv6' : 'IPv4', text)).toBeNull();
});

it.each([
  '',
  'localhost',
  '10.0.0',
  '10.0.0.',
  '.10.0.0',
  '10..0.1',
  '10.0.0.256',
  '10.0.0.1.2',
  '10.0.0.0x1',
  ' 10.0.0.1',
  '10.0.0.1\n',
  'fe80::1%eth0',
  '[::1]',
  'fd00::1::2',
])('takes %j for no address', (text) => {
  expect(readAddress(text)).toBeNull();
  expect(addressIn('IPv4', text)).toBeNull();
  expect(addressIn('IPv6', text)).toBeNull();
});

it.each([
  ['203.0.113.000/025', 'IPv4', '203.0.113.0/25'],
  [' 203.0.113.129/25\t', 'IPv4', '203.0.113.128/25'],
  ['10.1.2.3/32', 'IPv4', '10.1.2.3/32'],
  ['10.1.2.3/0', 'IPv4', '0.0.0.0/0'],
  ['2001:DB8::1/32', 'IPv6', '2001:db8::/32'],
  ['fd00::ff/121', 'IPv6', 'fd00::80/121'],
  ['::/0', 'IPv6', '::/0'],
  ['fd00::1/128', 'IPv6', 'fd00::1/128'],
] as const)('reads %j as the %s range %s', (text, family, address) => {
  expect(readRange(text)).toEqual({ family, address });
});

it.each(['', '10.0.0.1', '10.0.0.0/33', 'fd00::/129', '10.0.0.0/', '10.0.0.0/-1', '10.0.0.0/8/8'])(
  'takes %j for no range',
  (text) => {
    expect(readRange(text)).toBeNull();
  },
);

it('gives an address one form, whichever it is written in', () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
      const read = readAddress(text);
      expect(read).toEqual(readAddress(text.toUpperCase()));
      expect(readAddress(read?.address ?? '')).toEqual(read);
    }),
  );
});

it('keeps in a range the addresses that it was written with', () => {
  const unmapped = fc.ipV6().filter((text) => readAddress(text)?.family === 'IPv6');
  const ranges = fc.oneof(
    fc.record({ host: fc.ipV4(), length: fc.nat(32), other: fc.ipV4() }),
    fc.record({ host: unmapped, length: fc.nat(128), other: unmapped }),
  );
  fc.assert(
    fc.property(ranges, ({ host, length, other }) => {
      const range = readRange(`${host}/${length}`);
      const hosts = [readAddress(host), readAddress(other)];
      if (!range) throw new Error(`${host}/${length} is a range`);
      const family = range.family === 'IPv4' ? 'ipv4' : 'ipv6';
      const written = listOf(`${host}/${length}`, family);
      const read = listOf(range.address, family);
      for (const each of hosts) {
        const address = each?.address ?? '';
        expect(read.check(address, family)).toBe(written.check(address, family));
      }
      expect(readRange(range.address)).toEqual(range);
    }),
  );
});

function listOf(range: string, family: 'ipv4' | 'ipv6'): BlockList {
  const [network = '', length] = range.split('/');
  const list = new BlockList();
  list.addSubnet(network, Number(length), family);
  return list;
}
