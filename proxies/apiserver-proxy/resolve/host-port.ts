/** An address and a port, as one text. */
import { isIPv6 } from 'node:net';

/** @example hostPort('fd00::1', 80) // '[fd00::1]:80' */
export function hostPort(host: string, port: number): string {
  return `${isIPv6(host) ? `[${host}]` : host}:${port}`;
}
