/** An end of a connection, as text. */

/**
 * @returns `127.0.0.1:5000`, `[::1]:5000`, or `@` where there is no address: a unix socket.
 */
export function endpointText(address: string | undefined, port: number | undefined): string {
  if (address === undefined) return '@';
  const plain = plainAddress(address);
  return `${plain.includes(':') ? `[${plain}]` : plain}:${port ?? 0}`;
}

/** @example plainAddress('::ffff:127.0.0.1') // '127.0.0.1' */
export function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/, '');
}
