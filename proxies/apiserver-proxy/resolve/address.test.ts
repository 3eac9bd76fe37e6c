import { describe, expect, it } from 'vitest';
import { isGlobalUnicast } from './address.ts';

describe('an address that may be dialled', () => {
  it.each([
    '1.2.3.4',
    '10.244.77.10',
    '172.16.0.1',
    '192.168.1.1',
    '100.64.0.1',
    '8.8.8.8',
    '126.255.255.255',
    '128.0.0.1',
    '223.255.255.255',
    '240.0.0.1',
    '255.255.255.254',
    'fd00:10:244:0:2::6b',
    '2001:db8::1',
    'fec0::1',
  ])('is %s', (address) => {
    expect(isGlobalUnicast(address)).toBe(true);
  });

  it.each([
    ['nothing', ''],
    ['unspecified', '0.0.0.0'],
    ['unspecified', '::'],
    ['loopback', '127.0.0.1'],
    ['loopback', '127.255.255.255'],
    ['loopback', '::1'],
    ['link-local', '169.254.169.254'],
    ['link-local', 'fe80::1'],
    ['link-local', 'febf::1'],
    ['multicast', '224.0.0.1'],
    ['multicast', '239.255.255.255'],
    ['multicast', 'ff02::1'],
    ['broadcast', '255.255.255.255'],
    ['IPv4 in IPv6', '::ffff:127.0.0.1'],
    ['IPv4 in IPv6', '::ffff:10.0.0.1'],
    ['IPv4 in IPv6', '::ffff:7f00:1'],
    ['a zone', 'fe80::1%eth0'],
    ['a zone', '2001:db8::1%eth0'],
    ['hexadecimal', '0x7f.1'],
    ['hexadecimal', '0x7f000001'],
    ['a number', '2130706433'],
    ['short', '127.1'],
    ['short', '10.1'],
    ['octal', '0177.0.0.1'],
    ['leading zeros', '010.0.0.1'],
    ['leading zeros', '2001:0db8::1'],
    ['capitals', '2001:DB8::1'],
    ['not shortened', '2001:db8:0:0:0:0:0:1'],
    ['brackets', '[2001:db8::1]'],
    ['a port', '10.0.0.1:80'],
    ['spaces', ' 10.0.0.1'],
    ['a line', '10.0.0.1\n'],
    ['NUL', '10.0.0.1\0'],
    ['a dot', '10.0.0.1.'],
    ['other digits', '１０.0.0.1'],
    ['a name', 'localhost'],
    ['a name', 'metadata.google.internal'],
  ])('is nothing that is %s: %j', (_, address) => {
    expect(isGlobalUnicast(address)).toBe(false);
  });
});
