/** `sockaddr_in` and `sockaddr_in6`, as the calls of libc take them. */
import { isIPv6 } from 'node:net';
import { addressBytes, formatAddress } from '../netlink/address.ts';
import { readNative, writeNative } from './libc.ts';

export const socketFamilies = { IPv4: 2, IPv6: 10 } as const;

export function socketAddress(address: string, port = 0): Buffer {
  const isV6 = isIPv6(address);
  const name = Buffer.alloc(isV6 ? 28 : 16);
  writeNative(name, socketFamilies[isV6 ? 'IPv6' : 'IPv4'], 0, 2);
  name.writeUInt16BE(port, 2);
  addressBytes(address).copy(name, isV6 ? 8 : 4);
  return name;
}

export function readSocketAddress(name: Buffer): {
  readonly address: string;
  readonly port: number;
} {
  const isV4 = readNative(name, 0, 2) === socketFamilies.IPv4;
  return {
    address: formatAddress(isV4 ? name.subarray(4, 8) : name.subarray(8, 24)),
    port: name.readUInt16BE(2),
  };
}
