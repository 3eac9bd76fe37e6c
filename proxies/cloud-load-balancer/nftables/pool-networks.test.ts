import { describe, expect, it } from 'vitest';
import { poolNetworks } from './pool-networks.ts';

const cidrs = (pool: string) => poolNetworks([pool]).map(({ cidr }) => cidr);

describe('the networks of a pool', () => {
  it('are the network itself, as iproute2 prints it', () => {
    expect(cidrs('203.0.113.7/24')).toEqual(['203.0.113.0/24']);
    expect(cidrs('2001:db8:113::/64')).toEqual(['2001:db8:113::/64']);
    expect(cidrs('203.0.113.7/32')).toEqual(['203.0.113.7']);
  });

  it('are the fewest that are exactly a range', () => {
    expect(cidrs('203.0.113.10-203.0.113.20')).toEqual([
      '203.0.113.10/31',
      '203.0.113.12/30',
      '203.0.113.16/30',
      '203.0.113.20',
    ]);
    expect(cidrs('0.0.0.0-255.255.255.255')).toEqual(['0.0.0.0/0']);
    expect(cidrs('2001:db8::1-2001:db8::3')).toEqual(['2001:db8::1', '2001:db8::2/127']);
  });

  it('are none of what is no address', () => {
    expect(() => poolNetworks(['somewhere'])).toThrow('somewhere is no pool of addresses');
  });
});
