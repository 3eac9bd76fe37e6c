import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  readAttributes,
  readNetfilter,
  splitMessages,
  writeAttribute,
  writeMessage,
} from './message.ts';
import { newIPv4, tableAndElement } from './testing/recorded.ts';

describe('messages of netlink', () => {
  it('are several in one read', () => {
    const messages = splitMessages(tableAndElement);
    const tableOf = (payload: Buffer) => readNetfilter(payload).attributes.get(1)?.toString();
    expect(messages.map(({ type, port, payload }) => [type, port, tableOf(payload)])).toEqual([
      [0x0a00, 0x65fd, 'kube-proxy\0'],
      [0x0a0c, 0x65fd, 'kube-proxy\0'],
    ]);
  });

  it('are refused when they are cut anywhere', () => {
    for (let length = 1; length < newIPv4.length; length++) {
      expect(() => splitMessages(newIPv4.subarray(0, length))).toThrow('netlink: a message of');
    }
  });

  it('are refused when they are shorter than their header', () => {
    expect(() => splitMessages(Buffer.alloc(32))).toThrow('a message of 0 bytes in 32');
  });

  it('are read as they are written', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(
          fc.tuple(fc.integer({ min: 1, max: 0x3fff }), fc.uint8Array({ maxLength: 40 })),
          { selector: ([type]) => type },
        ),
        fc.integer({ min: 0, max: 0xffff }),
        fc.integer({ min: 0, max: 0xffff_ffff }),
        (given, type, sequence) => {
          const attributes = Buffer.concat(
            given.map(([number, value]) => writeAttribute(number, Buffer.from(value))),
          );
          const written = writeMessage({ type, flags: 5, sequence, family: 10, attributes });
          const [read, ...others] = splitMessages(written);
          expect(others).toEqual([]);
          expect(read).toMatchObject({ type, flags: 5, sequence, port: 0 });
          const payload = readNetfilter(read?.payload ?? Buffer.alloc(0));
          expect(payload.family).toBe(10);
          expect([...payload.attributes]).toEqual(
            given.map(([number, value]) => [number, Buffer.from(value)]),
          );
        },
      ),
    );
  });
});

describe('attributes of netlink', () => {
  it('hold others', () => {
    const nested = writeAttribute(1, [writeAttribute(2, Buffer.from('a')), writeAttribute(3, [])]);
    const inner = readAttributes(readAttributes(nested).get(1) ?? Buffer.alloc(0));
    expect([...inner]).toEqual([
      [2, Buffer.from('a')],
      [3, Buffer.alloc(0)],
    ]);
  });

  it('are refused when they are longer than what is there', () => {
    const attribute = writeAttribute(1, Buffer.alloc(8));
    expect(() => readAttributes(attribute.subarray(0, 8))).toThrow('an attribute of 12 bytes in 8');
    expect(() => readAttributes(Buffer.alloc(4))).toThrow('an attribute of 0 bytes in 4');
  });
});
