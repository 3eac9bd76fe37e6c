/** A SYN in somebody's name: whoever has that connection answers it with an ACK (RFC 5961, section 4). */
import { isIPv6 } from 'node:net';
import { addressBytes } from '../../kit/netlink/address.ts';
import type { ConntrackTuple } from '../../kit/netlink/conntrack-entry.ts';

const tcp = 6;
const tcpHeaderBytes = 20;
const synFlag = 0x02;
const hopLimit = 64;

/** IP header and TCP header. The kernel fills in the checksum of IPv4's header. */
export function synPacket(way: ConntrackTuple, sequence: number): Buffer {
  const segment = Buffer.alloc(tcpHeaderBytes);
  segment.writeUInt16BE(way.sourcePort, 0);
  segment.writeUInt16BE(way.destinationPort, 2);
  segment.writeUInt32BE(sequence >>> 0, 4);
  segment.writeUInt8((tcpHeaderBytes / 4) << 4, 12);
  segment.writeUInt8(synFlag, 13);
  const addresses = Buffer.concat([addressBytes(way.source), addressBytes(way.destination)]);
  segment.writeUInt16BE(checksum(addresses, segment), 16);
  const header = isIPv6(way.source) ? headerIPv6() : headerIPv4();
  return Buffer.concat([header, addresses, segment]);
}

/** Up to the addresses. */
function headerIPv4(): Buffer {
  const header = Buffer.alloc(12);
  header.writeUInt8(0x45, 0);
  header.writeUInt16BE(20 + tcpHeaderBytes, 2);
  header.writeUInt8(hopLimit, 8);
  header.writeUInt8(tcp, 9);
  return header;
}

function headerIPv6(): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt8(0x60, 0);
  header.writeUInt16BE(tcpHeaderBytes, 4);
  header.writeUInt8(tcp, 6);
  header.writeUInt8(hopLimit, 7);
  return header;
}

/** Of the segment and of a header that is not sent (RFC 9293, section 3.1). */
function checksum(addresses: Buffer, segment: Buffer): number {
  let sum = tcp + segment.length;
  for (const bytes of [addresses, segment]) {
    for (let at = 0; at < bytes.length; at += 2) sum += bytes.readUInt16BE(at);
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return ~sum & 0xffff;
}
