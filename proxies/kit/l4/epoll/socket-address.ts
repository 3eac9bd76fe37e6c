/** Addresses as the calls of sockets take them, and as texts. */
import { endpointText } from '../../http/endpoint-text.ts';
import { readSocketAddress } from '../../libc/socket-address.ts';

/** Long enough for both families. */
export const socketAddressBytes = 28;

/** @returns `127.0.0.1:5000`, `[::1]:5000` */
export function socketAddressText(bytes: Buffer): string {
  const { address, port } = readSocketAddress(bytes);
  return endpointText(address, port);
}
