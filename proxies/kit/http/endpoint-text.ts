/** Connections and their ends, as text. */
import type { Socket } from 'node:net';

/**
 * @returns `127.0.0.1:5000`, `[::1]:5000`, or `@` where there is no address: a unix socket.
 */
export function endpointText(address: string | undefined, port: number | undefined): string {
  if (address === undefined) return '@';
  const plain = plainAddress(address);
  return `${plain.includes(':') ? `[${plain}]` : plain}:${port ?? 0}`;
}

/** `local->remote`, as Go's errors name a connection. */
export function connectionText(socket: Socket): string {
  const { localAddress, localPort, remoteAddress, remotePort } = socket;
  return `${endpointText(localAddress, localPort)}->${endpointText(remoteAddress, remotePort)}`;
}

/** @example plainAddress('::ffff:127.0.0.1') // '127.0.0.1' */
export function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/, '');
}
