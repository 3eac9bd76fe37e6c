/** Where the store listens: `host:port`, `[::1]:2379`, or the path of a Unix socket. */
import { isAbsolute } from 'node:path';

export type StoreAddress =
  { readonly path: string } | { readonly host: string; readonly port: number };

/** @throws Error when the text is neither. */
export function parseAddress(text: string): StoreAddress {
  if (isAbsolute(text)) return { path: text };
  const found = /^(?:\[([^\]]+)\]|([^:]+)):(\d+)$/.exec(text);
  const host = found?.[1] ?? found?.[2];
  const port = Number(found?.[3]);
  if (host === undefined || port > 65535) {
    throw new Error(`"${text}" is no address: write host:port, or the path of a socket`);
  }
  return { host, port };
}

export function formatAddress(address: StoreAddress): string {
  if ('path' in address) return address.path;
  const { host, port } = address;
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
