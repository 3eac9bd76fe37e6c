import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressBytes, formatAddress } from './address.ts';
import { readConntrackEntry, writeConntrackName } from './conntrack-entry.ts';
import { readNetfilter, splitMessages, writeAttribute } from './message.ts';
import { newIPv4, newIPv6 } from './testing/recorded.ts';

const entryIPv4 = {
  family: 'IPv4',
  protocol: 'UDP',
  original: {
    source: '10.0.0.1',
    sourcePort: 48105,
    destination: '10.96.0.1',
    destinationPort: 53,
  },
  reply: {
    source: '127.0.0.1',
    sourcePort: 8080,
    destination: '10.0.0.1',
    destinationPort: 48105,
  },
  isSourceNat: false,
  isDestinationNat: true,
  mark: 0xabc,
  zone: 0,
  id: 0x08d0ee8a,
  expiresInS: 30,
};

describe('an entry of conntrack', () => {
  it('is read from what the kernel tells', () => {
    expect(read(newIPv4)).toEqual(entryIPv4);
  });

  it('is read for IPv6', () => {
    expect(read(newIPv6)).toMatchObject({
      family: 'IPv6',
      protocol: 'TCP',
      original: { source: 'fd00::1', destination: 'fd00:96::1', destinationPort: 80 },
      reply: { source: '::1', sourcePort: 8080, destination: 'fd00::1' },
      isDestinationNat: true,
      mark: 0,
    });
  });

  it.each([newIPv4, newIPv6])('is named to the kernel as the kernel named it', (recorded) => {
    const entry = read(recorded);
    if (!entry) throw new Error('no entry');
    const original = attributesOf(recorded).attributes.get(1);
    const name = writeConntrackName(entry);
    expect(name.subarray(4, 4 + (original?.length ?? 0))).toEqual(original);
  });

  it('is none where the protocol has no ports', () => {
    const ping = Buffer.from(newIPv4);
    ping[ping.indexOf(Buffer.from('0500010011', 'hex')) + 4] = 1;
    expect(read(ping)).toBeNull();
  });

  it.each([
    [1, 'missing', undefined],
    [2, 'missing', undefined],
    [3, 'missing', undefined],
    [12, 'missing', undefined],
    [3, 'has 2 bytes', Buffer.alloc(2)],
    [8, 'has 8 bytes', Buffer.alloc(8)],
  ])('is refused where attribute %i %s', (type, problem, value) => {
    const { family, attributes } = attributesOf(newIPv4);
    const changed = new Map(attributes);
    changed.delete(type);
    if (value) changed.set(type, value);
    expect(() => readConntrackEntry(family, changed)).toThrow(
      new RegExp(`conntrack: attribute ${type} .*${problem}`),
    );
  });

  it('is refused where an address has the size of another family', () => {
    const { attributes } = attributesOf(newIPv4);
    const tuple = Buffer.concat([
      writeAttribute(1, [writeAttribute(3, Buffer.alloc(4)), writeAttribute(4, Buffer.alloc(16))]),
      writeAttribute(2, [writeAttribute(1, Buffer.from([17]))]),
    ]);
    expect(() => readConntrackEntry(10, new Map([...attributes, [1, tuple]]))).toThrow(
      'conntrack: attribute 3 has 4 bytes',
    );
  });
});

describe('an address', () => {
  it('is written as it was read', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ minLength: 4, maxLength: 4 }),
          fc.uint8Array({ minLength: 16, maxLength: 16 }),
          // Many zeros, where the forms differ.
          fc.array(fc.constantFrom(0, 0, 0, 1, 255), { minLength: 16, maxLength: 16 }),
        ),
        (bytes) => {
          expect([...addressBytes(formatAddress(Buffer.from(bytes)))]).toEqual([...bytes]);
        },
      ),
    );
  });
});

function attributesOf(recorded: Buffer) {
  const [message] = splitMessages(recorded);
  return readNetfilter(message?.payload ?? Buffer.alloc(0));
}

function read(recorded: Buffer) {
  const { family, attributes } = attributesOf(recorded);
  return readConntrackEntry(family, attributes);
}
