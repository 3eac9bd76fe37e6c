import { SocketAddress } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endpointText } from '../../kit/http/endpoint-text.ts';
import { formatAddress } from '../../kit/netlink/address.ts';
import { endOf, proxyHeader } from './proxy-protocol.ts';

const port = fc.nat(65_535);
const end = (address: fc.Arbitrary<string>) => fc.record({ address, port });
const v6 = fc.ipV6().map((address) => new SocketAddress({ address, family: 'ipv6' }).address);
const ends = fc.oneof(fc.tuple(end(fc.ipV4()), end(fc.ipV4())), fc.tuple(end(v6), end(v6)));

/** As a backend reads it: who asks, and whom. */
function decode(header: Buffer): readonly [string, string] {
  const text = /^PROXY TCP([46]) (\S+) (\S+) (\d+) (\d+)\r\n$/.exec(header.toString('latin1'));
  if (text) {
    const [, , client = '', asked = '', clientPort, askedPort] = text;
    return [endpointText(client, Number(clientPort)), endpointText(asked, Number(askedPort))];
  }
  expect(header.subarray(0, 12).toString('hex')).toBe('0d0a0d0a000d0a515549540a');
  expect(header[12]).toBe(0x21);
  const size = header[13] === 0x11 ? 4 : 16;
  expect(header.readUInt16BE(14)).toBe(2 * size + 4);
  expect(header).toHaveLength(16 + 2 * size + 4);
  const address = (at: number) => formatAddress(header.subarray(at, at + size));
  return [
    endpointText(address(16), header.readUInt16BE(16 + 2 * size)),
    endpointText(address(16 + size), header.readUInt16BE(18 + 2 * size)),
  ];
}

describe('the PROXY protocol', () => {
  it('says so when nobody knows who asked', () => {
    const [client, asked] = [endOf('@'), endOf('127.0.0.1:6443')];
    expect(proxyHeader('v1', client, asked).toString()).toBe('PROXY UNKNOWN\r\n');
    expect(proxyHeader('v2', client, asked).toString('hex')).toMatch(/0a20000000$/);
  });

  it('leaves out the zone of a link-local address', () => {
    expect(endOf('[fe80::1%eth0]:6443')).toEqual({ address: 'fe80::1', port: 6443 });
  });
});

describe.each(['v1', 'v2'] as const)('the PROXY protocol, %s', (version) => {
  it('says who asks, and whom', () => {
    fc.assert(
      fc.property(ends, ([client, asked]) => {
        const said = decode(proxyHeader(version, client, asked));
        expect(said.map(endOf)).toEqual([client, asked]);
      }),
    );
  });
});
