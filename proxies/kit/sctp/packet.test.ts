import { describe, expect, it } from 'vitest';
import { crc32c } from './crc32c.ts';
import { chunk, decodePacket, encodePacket } from './packet.ts';

describe('an SCTP packet', () => {
  const packet = { sourcePort: 1, destinationPort: 65_535, verificationTag: 0xdeadbeef };

  it('has the checksum of RFC 3720, B.4', () => {
    expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
    expect(crc32c(Buffer.alloc(32))).toBe(0x8a9136aa);
  });

  it('is read as it was written', () => {
    const chunks = [chunk(0, Buffer.from('abc'), 3), chunk(11)];
    expect(decodePacket(encodePacket({ ...packet, chunks }))).toEqual({ ...packet, chunks });
  });

  it('is not read when a bit has changed', () => {
    const bytes = encodePacket({ ...packet, chunks: [chunk(11)] });
    bytes[5] = (bytes[5] ?? 0) ^ 1;
    expect(decodePacket(bytes)).toBeUndefined();
  });

  it('is not read when a chunk is longer than it', () => {
    const bytes = encodePacket({ ...packet, chunks: [chunk(11)] });
    bytes.writeUInt16BE(400, 14);
    bytes.writeUInt32LE(0, 8);
    bytes.writeUInt32LE(crc32c(bytes), 8);
    expect(decodePacket(bytes)).toBeUndefined();
  });
});
