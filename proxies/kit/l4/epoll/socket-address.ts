/** Addresses as the calls of sockets take them: `sockaddr_in`, `sockaddr_in6`. */
import { isIPv6 } from 'node:net';
import { endpointText } from '../../http/endpoint-text.ts';
import { addressBytes, formatAddress } from '../../netlink/address.ts';
import type { L4Backend } from '../backend.ts';
import { inet } from './calls.ts';

/** Long enough for both families. */
export const socketAddressBytes = 28;

export function socketAddress({ address, port }: L4Backend): Buffer {
  const isV6 = isIPv6(address);
  const bytes = Buffer.alloc(isV6 ? socketAddressBytes : 16);
  bytes.writeUInt16LE(isV6 ? inet.v6 : inet.v4, 0);
  bytes.writeUInt16BE(port, 2);
  addressBytes(address).copy(bytes, isV6 ? 8 : 4);
  return bytes;
}

/** @returns `127.0.0.1:5000`, `[::1]:5000` */
export function socketAddressText(bytes: Buffer): string {
  const isV6 = bytes.readUInt16LE(0) === inet.v6;
  const address = isV6 ? bytes.subarray(8, 24) : bytes.subarray(4, 8);
  return endpointText(formatAddress(address), bytes.readUInt16BE(2));
}
