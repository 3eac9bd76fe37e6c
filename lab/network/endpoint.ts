/** `host:port` and back. */
import type { NetConnectOpts } from 'node:net';

/**
 * @example parseEndpoint('[2001:db8::2]:6443') // { host: '2001:db8::2', port: 6443 }
 * @throws Error when it is not `host:port`.
 */
export function parseEndpoint(text: string): { readonly host: string; readonly port: number } {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  if (host === undefined || port > 65_535) throw new Error(`${text} is not host:port.`);
  return { host, port };
}

/** @example formatEndpoint('2001:db8::2', 6443) // '[2001:db8::2]:6443' */
export function formatEndpoint(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** How to reach what listens there: `host:port`, or the path of a unix socket. */
export function dialOptions(address: string): NetConnectOpts {
  return address.startsWith('/') ? { path: address } : parseEndpoint(address);
}
