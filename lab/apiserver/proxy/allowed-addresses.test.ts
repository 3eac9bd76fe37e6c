import { describe, expect, it } from 'vitest';
import { allowedAddresses, storeAddresses } from './allowed-addresses.ts';

describe('where the proxy of an apiserver goes', () => {
  const isolated = allowedAddresses({
    allowsLoopback: false,
    forbidden: storeAddresses('172.30.0.10:2379'),
  });
  const onLoopback = allowedAddresses({ allowsLoopback: true, forbidden: [] });

  it.each([
    ['10.244.1.5', true, true, true],
    ['10.244.1.5', false, true, true],
    ['172.30.0.21', true, true, true],
    // The store: it trusts whoever comes.
    ['172.30.0.10', true, false, true],
    ['127.0.0.1', true, false, true],
    ['127.244.1.5', true, false, true],
    // What else listens on the host.
    ['127.0.0.1', false, false, false],
    ['127.244.1.5', false, false, false],
    ['127.1', true, false, false],
    ['127.0.0.1.', true, false, false],
    ['127.000.0.1', true, false, false],
    ['127.0.0.256', true, false, false],
    ['::1', true, false, false],
    ['::ffff:127.0.0.1', true, false, false],
    ['169.254.169.254', true, false, false],
    ['localhost', true, false, false],
  ])('%s, declared %s: isolated %s, on loopback %s', (address, isDeclared, there, here) => {
    expect(isolated(address, isDeclared)).toBe(there);
    expect(onLoopback(address, isDeclared)).toBe(here);
  });

  it.each([
    ['172.30.0.10:2379', ['172.30.0.10']],
    ['[fd00:172:30::10]:2379', ['fd00:172:30::10']],
    ['/run/store.sock', []],
    ['', []],
  ])('the store %j is at %j', (server, addresses) => {
    expect(storeAddresses(server)).toEqual(addresses);
  });
});
