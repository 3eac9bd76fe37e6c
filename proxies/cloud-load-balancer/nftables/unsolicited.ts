/**
 * What tells a network, unasked, who has an address now: gratuitous ARP (RFC 5227, section 3) and unsolicited
 * neighbour advertisements (RFC 4861, section 7.2.6). Pure.
 */
import { isIPv6 } from 'node:net';
import { addressBytes } from '../../kit/netlink/address.ts';

export interface Sender {
  /** Of the interface's hardware. */
  readonly hardware: Buffer;
  /** The interface's own of `fe80::/10`; null: advertisements come from the address itself. */
  readonly linkLocal: string | null;
}

/** Ethernet frames. For IPv4 a request and an answer: some hear only the one. */
export function unsolicited(address: string, sender: Sender): readonly Buffer[] {
  if (isIPv6(address)) return [advertisement(address, sender)];
  return [arp(operations.request, address, sender), arp(operations.reply, address, sender)];
}

const operations = { request: 1, reply: 2 } as const;
const types = { arp: 0x0806, ipv6: 0x86dd } as const;
const everybody = { arp: 'ffffffffffff', ipv6: '333300000001' } as const;
const allNodes = 'ff02::1';
const icmpv6 = 58;

function arp(operation: number, address: string, { hardware }: Sender): Buffer {
  const header = Buffer.from([0, 1, 0x08, 0x00, 6, 4, 0, operation]);
  const own = addressBytes(address);
  const target = operation === operations.reply ? hardware : Buffer.alloc(6);
  const packet = Buffer.concat([header, hardware, own, target, own]);
  return frame('arp', hardware, packet);
}

function advertisement(address: string, { hardware, linkLocal }: Sender): Buffer {
  const message = Buffer.alloc(32);
  message.writeUInt8(136, 0);
  // From a router; nobody has asked; it takes the place of what is known.
  message.writeUInt8(0xa0, 4);
  addressBytes(address).copy(message, 8);
  // Option 2: the hardware's address, in units of eight bytes.
  message.writeUInt16BE(0x0201, 24);
  hardware.copy(message, 26);
  const addresses = Buffer.concat([addressBytes(linkLocal ?? address), addressBytes(allNodes)]);
  message.writeUInt16BE(checksum(addresses, message), 2);
  const header = Buffer.alloc(8);
  header.writeUInt8(0x60, 0);
  header.writeUInt16BE(message.length, 4);
  header.writeUInt8(icmpv6, 6);
  header.writeUInt8(255, 7);
  return frame('ipv6', hardware, Buffer.concat([header, addresses, message]));
}

function frame(kind: keyof typeof types, hardware: Buffer, packet: Buffer): Buffer {
  const type = Buffer.alloc(2);
  type.writeUInt16BE(types[kind]);
  return Buffer.concat([Buffer.from(everybody[kind], 'hex'), hardware, type, packet]);
}

/** Of the message and of a header that is not sent (RFC 4443, section 2.3). */
function checksum(addresses: Buffer, message: Buffer): number {
  let sum = icmpv6 + message.length;
  for (const bytes of [addresses, message]) {
    for (let at = 0; at < bytes.length; at += 2) sum += bytes.readUInt16BE(at);
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return ~sum & 0xffff;
}
