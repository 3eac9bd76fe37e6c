import { describe, expect, it } from 'vitest';
import { synPacket } from './syn-packet.ts';

const ways = {
  IPv4: { source: '192.0.2.2', destination: '192.0.2.9' },
  IPv6: { source: '2001:db8::2', destination: '2001:db8::9' },
} as const;

describe.each([
  ['IPv4', 20, 12],
  ['IPv6', 40, 8],
] as const)('a SYN in %s', (family, headerBytes, addressesAt) => {
  const way = { ...ways[family], sourcePort: 6443, destinationPort: 41_234 };
  const packet = synPacket(way, 0xdead_beef);
  const segment = packet.subarray(headerBytes);

  it('goes from one port to the other, and asks for a connection', () => {
    expect(packet).toHaveLength(headerBytes + 20);
    expect(segment.readUInt16BE(0)).toBe(6443);
    expect(segment.readUInt16BE(2)).toBe(41_234);
    expect(segment.readUInt32BE(4)).toBe(0xdead_beef);
    expect(segment[13]).toBe(0x02);
  });

  it('has a checksum of itself, its addresses, its protocol and its length', () => {
    const pseudo = Buffer.concat([
      packet.subarray(addressesAt, headerBytes),
      Buffer.from([0, 6, 0, segment.length]),
      segment,
    ]);
    let sum = 0;
    for (let at = 0; at < pseudo.length; at += 2) sum += pseudo.readUInt16BE(at);
    while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
    expect(sum).toBe(0xffff);
  });
});
