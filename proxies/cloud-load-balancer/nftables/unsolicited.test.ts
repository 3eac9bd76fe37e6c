import { expect, it } from 'vitest';
import { unsolicited } from './unsolicited.ts';

const hardware = Buffer.from('020000000001', 'hex');
const sender = { hardware, linkLocal: 'fe80::1' };

it('asks and answers by ARP for itself, to everybody', () => {
  const ethernet = 'ffffffffffff0200000000010806';
  const fixed = '0001080006040';
  expect(unsolicited('203.0.113.10', sender).map((frame) => frame.toString('hex'))).toEqual([
    `${ethernet}${fixed}001020000000001cb00710a000000000000cb00710a`,
    `${ethernet}${fixed}002020000000001cb00710a020000000001cb00710a`,
  ]);
});

it('advertises an IPv6 address to all nodes of the link, from an address of the link', () => {
  const [frame = Buffer.alloc(0), ...others] = unsolicited('2001:db8:113::10', sender);
  expect(others).toEqual([]);
  const packet = frame.subarray(14);
  expect(frame.subarray(0, 14).toString('hex')).toBe('33330000000102000000000186dd');
  expect(packet.subarray(0, 8).toString('hex')).toBe('6000000000203aff');
  expect(packet.subarray(8, 24).toString('hex')).toBe('fe800000000000000000000000000001');
  expect(packet.subarray(40).toString('hex')).toMatch(
    /^8800[\da-f]{4}a000000020010db80113000000000000000000100201020000000001$/,
  );
  expect(sumOf(packet)).toBe(0xffff);
});

it('advertises from the address itself where the link has none', () => {
  const [frame] = unsolicited('2001:db8:113::10', { hardware, linkLocal: null });
  expect(frame?.subarray(22, 38).toString('hex')).toBe('20010db8011300000000000000000010');
});

/** Of the message with its checksum, and of what it is about: all ones. */
function sumOf(packet: Buffer): number {
  const words = Buffer.concat([packet.subarray(8), Buffer.from([0, 32, 0, 58])]);
  let sum = 0;
  for (let at = 0; at < words.length; at += 2) sum += words.readUInt16BE(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return sum;
}
