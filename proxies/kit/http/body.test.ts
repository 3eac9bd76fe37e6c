import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readBody } from './body.ts';
import type { BodyReader } from './body.ts';

describe('a chunked body', () => {
  it('comes out of its framing, with its trailers and without extensions', () => {
    const { data, body, rest } = read([
      'A;x=y\r\n0123456789\r\n3\r\nabc\r\n00\r\nX-T: 1\r\n\r\nGET',
    ]);
    expect(data).toBe('0123456789abc');
    expect(body.isComplete).toBe(true);
    expect(body.trailers).toEqual([{ name: 'X-T', key: 'x-t', value: '1' }]);
    expect(rest).toBe('GET');
  });

  it('comes out the same however it is framed and cut', () => {
    const extension = fc.constantFrom('', ';a', ';a=b', ' ;a="b c"');
    const chunk = fc.tuple(fc.string({ unit: 'binary-ascii', minLength: 1 }), extension);
    fc.assert(
      fc.property(
        fc.array(chunk),
        fc.constantFrom('', 'X-A: 1\r\n', 'X-A: 1\r\nX-B:\r\n'),
        fc.string({ unit: 'binary-ascii' }),
        fc.array(fc.nat(200)),
        (chunks, trailers, behind, cuts) => {
          const framed = chunks
            .map(([text, ext]) => `${text.length.toString(16)}${ext}\r\n${text}\r\n`)
            .join('');
          const whole = `${framed}0\r\n${trailers}\r\n`;
          const { data, body, rest } = read(cut(whole + behind, cuts));
          expect(body.fault).toBeNull();
          expect(body.isComplete).toBe(true);
          expect(data).toBe(chunks.map(([text]) => text).join(''));
          expect(rest).toBe(behind);
          expect(
            body.trailers.map(({ name, value }) => `${name}: ${value}`.trim() + '\r\n').join(''),
          ).toBe(trailers);
        },
      ),
    );
  });

  it.for([
    ['zz\r\nwiki\r\n', 'invalid byte in chunk length'],
    ['\r\n', 'empty hex number for chunk length'],
    ['-1\r\n', 'invalid byte in chunk length'],
    ['+1\r\nx\r\n', 'invalid byte in chunk length'],
    ['0x1\r\nx\r\n', 'invalid byte in chunk length'],
    [' 1\r\nx\r\n', 'invalid byte in chunk length'],
    ['1 \r\nx\r\n', 'invalid byte in chunk length'],
    ['1_0\r\n', 'invalid byte in chunk length'],
    ['ffffffffffffffff\r\n', 'http chunk length too large'],
    ['1\nx\r\n', 'invalid byte in chunk length'],
    ['1\rx\r\n', 'chunked line ends with bare CR'],
    ['1;a\nx\r\n', 'invalid byte in chunk extension'],
    ['1;a\0\r\nx\r\n', 'invalid byte in chunk extension'],
    ['1\r\nxy\r\n', 'malformed chunked encoding'],
    ['1\r\nx\n', 'malformed chunked encoding'],
    ['1\r\nx\r1', 'malformed chunked encoding'],
    [`1;${'a'.repeat(5000)}\r\nx\r\n`, 'header line too long'],
    ['0\r\nX-T\r\n\r\n', 'malformed MIME header line'],
    ['0\r\nX: a\nb\r\n\r\n', 'malformed MIME header line'],
    ['0\r\n\nX: a\r\n\r\n', 'malformed MIME header line'],
    [`0\r\nX: ${'a'.repeat(70_000)}`, 'http: suspiciously long trailer after chunked body'],
  ] as const)('%j is refused, however it is cut', ([framed, fault]) => {
    expect(read([framed]).body.fault).toBe(fault);
    if (framed.length < 100) expect(read(Array.from(framed)).body.fault).toBe(fault);
  });

  it('keeps the data before a fault', () => {
    expect(read(['3\r\nabc\r\nzz']).data).toBe('abc');
  });
});

describe('a body of a stated length', () => {
  it('ends there, however it is cut', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii' }), fc.array(fc.nat(100)), (behind, cuts) => {
        const { data, body, rest } = read(cut(`0123456789${behind}`, cuts), 10);
        expect([data, body.isComplete, rest]).toEqual(['0123456789', true, behind]);
      }),
    );
  });

  it('knows what is missing', () => {
    const { body } = read(['0123'], 10);
    expect([body.isComplete, body.remaining]).toEqual([false, 6]);
  });
});

function read(pieces: readonly string[], length?: number) {
  const body: BodyReader = readBody(
    length === undefined ? { kind: 'chunked' } : { kind: 'length', length },
  );
  let data = '';
  let rest = '';
  for (const piece of pieces) {
    const bytes = Buffer.from(piece, 'latin1');
    if (!body.isComplete) {
      body.read(bytes, 0, bytes.length);
      data += bytes.toString('latin1', body.dataStart, body.dataEnd);
      rest += piece.slice(body.next);
    } else {
      rest += piece;
    }
    if (body.fault !== null) break;
  }
  return { data, body, rest };
}

/** The text in pieces, cut at these places. */
function cut(text: string, places: readonly number[]): string[] {
  const sorted = [0, ...places.toSorted((a, b) => a - b), text.length];
  return sorted.slice(1).map((place, index) => text.slice(sorted[index], place));
}
