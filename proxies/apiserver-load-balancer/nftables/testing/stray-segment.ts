/** For tests: a segment in somebody's name with flags that conntrack takes for nobody's: it is INVALID. */
import { isIPv6 } from 'node:net';
import { openRawSender } from '../../../kit/libc/raw-sender.ts';
import type { ConntrackTuple } from '../../../kit/netlink/conntrack-entry.ts';
import { synPacket } from '../syn-packet.ts';

/** No connection has a segment that begins and ends it. */
const finSynAck = 0x13;
const syn = 0x02;

/** @returns whether the kernel took it */
export async function sendStray(way: ConntrackTuple): Promise<boolean> {
  const packet = synPacket(way, 0);
  const segment = packet.subarray(isIPv6(way.source) ? 40 : 20);
  segment.writeUInt8(finSynAck, 13);
  segment.writeUInt16BE(lowered(segment.readUInt16BE(16), finSynAck - syn), 16);
  using sender = await openRawSender(isIPv6(way.source) ? 'IPv6' : 'IPv4', 0);
  return sender.send(packet, way.destination);
}

/** A checksum, when one of the words that it is about grows: it counts in ones' complement. */
function lowered(checksum: number, by: number): number {
  return checksum >= by ? checksum - by : checksum - by + 0xffff;
}
