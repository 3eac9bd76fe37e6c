import { expect, it } from 'vitest';
import { formatIp, isInRange, parseIp, parseIpRange } from './ip.ts';

it.each([
  ['10.96.0.1', '10.96.0.1'],
  ['::', '::'],
  ['::1', '::1'],
  ['FD00:10:96::000a', 'fd00:10:96::a'],
  ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
  ['1:2:3:4:5:6:7:0', '1:2:3:4:5:6:7:0'],
  ['0:0:1::', '0:0:1::'],
  ['::ffff:10.0.0.1', '10.0.0.1'],
])('reads %s and writes it as %s', (text, canonical) => {
  const ip = parseIp(text);
  expect(ip && formatIp(ip)).toBe(canonical);
});

it.each(['', '10.96.0', '010.0.0.1', '10.0.0.256', 'fe80::1%eth0', 'example.com'])(
  'takes %j for no address',
  (text) => {
    expect(parseIp(text)).toBeUndefined();
  },
);

it('knows what is in a range, and how many addresses it has', () => {
  const range = parseIpRange('10.96.3.4/16');
  const isIn = (text: string) => {
    const ip = parseIp(text);
    return range !== undefined && ip !== undefined && isInRange(range, ip);
  };
  expect(range).toMatchObject({ size: 65_536n, prefixLength: 16 });
  expect(['10.96.0.0', '10.96.255.255', '10.97.0.0', 'fd00::1'].map(isIn)).toEqual([
    true,
    true,
    false,
    false,
  ]);
  expect(parseIpRange('10.96.0.0/33')).toBeUndefined();
});
