/** Says to a backend who its client is: HAProxy's PROXY protocol, versions 1 and 2. */
import { isIPv6 } from 'node:net';
import { addressBytes } from '../../kit/netlink/address.ts';

/** An end of the client's own connection: an address without brackets. */
export interface ProxiedEnd {
  readonly address: string;
  readonly port: number;
}

/** https://www.haproxy.org/download/2.6/doc/proxy-protocol.txt, 2.2 */
const signature = Buffer.from('0d0a0d0a000d0a515549540a', 'hex');
/** Version 2: on behalf of somebody, or of nobody who is known. */
const proxied = 0x21;
const local = 0x20;
const streamOf = { v4: 0x11, v6: 0x21 } as const;

const unknown = {
  v1: Buffer.from('PROXY UNKNOWN\r\n', 'latin1'),
  v2: Buffer.concat([signature, Buffer.from([local, 0, 0, 0])]),
} as const;

/** Of the connection from the client to us, whatever the family of the backend's; both ends are of one family. */
export function proxyHeader(version: 'v1' | 'v2', client: ProxiedEnd, asked: ProxiedEnd): Buffer {
  // It is gone again, and the system does not know it any more.
  if (client.address === '') return unknown[version];
  const isV6 = isIPv6(client.address);
  if (version === 'v1') {
    const ends = `${client.address} ${asked.address} ${client.port} ${asked.port}`;
    return Buffer.from(`PROXY ${isV6 ? 'TCP6' : 'TCP4'} ${ends}\r\n`, 'latin1');
  }
  const ports = Buffer.alloc(4);
  ports.writeUInt16BE(client.port, 0);
  ports.writeUInt16BE(asked.port, 2);
  const ends = Buffer.concat([addressBytes(client.address), addressBytes(asked.address), ports]);
  const head = Buffer.from([proxied, isV6 ? streamOf.v6 : streamOf.v4, 0, ends.length]);
  return Buffer.concat([signature, head, ends]);
}

/**
 * Without the zone of a link-local address. `@` is nobody's.
 *
 * @example endOf('[::1]:6443') // { address: '::1', port: 6443 }
 */
export function endOf(text: string): ProxiedEnd {
  if (text === '@') return { address: '', port: 0 };
  const colon = text.lastIndexOf(':');
  return {
    address: text.slice(0, colon).replace(/^\[|(%.*)?\]$/g, ''),
    port: Number(text.slice(colon + 1)),
  };
}
