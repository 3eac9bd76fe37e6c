import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeHello } from './client-hello.ts';
import { helloWith, realHello, record } from './testing/hello.ts';

describe('a ClientHello', () => {
  it('is known to the last byte, and not before', async () => {
    const hello = await realHello('kubernetes.default.svc');
    expect(hello.length).toBeGreaterThan(100);
    for (let size = 0; size < hello.length; size++) {
      expect(judgeHello(hello.subarray(0, size))).toBe('incomplete');
    }
    expect(judgeHello(hello)).toBe('complete');
    expect(judgeHello(Buffer.concat([hello, Buffer.from([20])]))).toBe('other');
  });

  it('is another thing with early data', () => {
    expect(judgeHello(helloWith([0, 43, 51]))).toBe('complete');
    expect(judgeHello(helloWith([]))).toBe('complete');
    expect(judgeHello(helloWith([0, 42, 51]))).toBe('other');
  });

  it('is another thing when it goes on in the next record', async () => {
    const message = (await realHello('kubernetes')).subarray(5);
    expect(judgeHello(record(message))).toBe('complete');
    expect(judgeHello(record(message.subarray(0, 100)))).toBe('other');
  });

  it.each([
    ['a request', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['SSH', Buffer.from('SSH-2.0-x\r\n')],
    ['an alert', Buffer.from([21, 3, 1, 0, 2, 1, 0])],
    ['a record of another version', Buffer.from([22, 2])],
    ['a ServerHello', Buffer.from([22, 3, 3, 0, 40, 2])],
    ['an empty record', Buffer.from([22, 3, 1, 0, 0])],
    ['a record that is too long', Buffer.from([22, 3, 1, 0x40, 1])],
  ])('is not %s', (_what, bytes) => {
    expect(judgeHello(bytes)).toBe('other');
  });

  it('is not what merely begins like one', () => {
    const alike = fc
      .uint8Array({ minLength: 4, maxLength: 300 })
      .map((bytes) => record(Buffer.from([1, ...bytes])));
    fc.assert(
      fc.property(alike, (bytes) => {
        expect(['complete', 'other']).toContain(judgeHello(bytes));
      }),
    );
  });

  it('is judged the same wherever one byte of it is another, or found to be none', async () => {
    const hello = await realHello('kubernetes');
    fc.assert(
      fc.property(fc.nat(hello.length - 1), fc.nat(255), (at, value) => {
        const changed = Buffer.from(hello);
        changed[at] = value;
        expect(['complete', 'incomplete', 'other']).toContain(judgeHello(changed));
      }),
    );
  });
});
