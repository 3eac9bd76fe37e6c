import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { EarlyRefusal } from './early-refusal.ts';
import { parseRequestHead, parseResponseHead } from './head.ts';
import { HeadCollector } from './head-collector.ts';

const request = (...lines: string[]) => `${lines.join('\r\n')}\r\n\r\n`;
const get = (...headers: string[]) => request('GET /api HTTP/1.1', 'Host: localhost', ...headers);

describe('a request head', () => {
  it('is read as it is written, without the blanks around values', () => {
    expect(parseRequestHead(get('X-Odd-CASE:  a  b \t', 'X-Empty:', 'X-Latin: caf\xe9'))).toEqual({
      method: 'GET',
      target: '/api',
      minorVersion: 1,
      headers: [
        { name: 'Host', key: 'host', value: 'localhost' },
        { name: 'X-Odd-CASE', key: 'x-odd-case', value: 'a  b' },
        { name: 'X-Empty', key: 'x-empty', value: '' },
        { name: 'X-Latin', key: 'x-latin', value: 'caf\xe9' },
      ],
    });
  });

  it.for([
    ['two targets', request('GET /a b HTTP/1.1', 'Host: h')],
    ['two spaces', request('GET  /a  HTTP/1.1', 'Host: h')],
    ['a small version', request('GET / http/1.1', 'Host: h')],
    ['a long version', request('GET / HTTP/1.10', 'Host: h')],
    ['no version', request('GET /', 'Host: h')],
    ['no method', request(' / HTTP/1.1', 'Host: h')],
    ['a method that is no token', request('GE(T / HTTP/1.1', 'Host: h')],
    ['an empty line in front', `\r\n${get()}`],
    ['a tab in the request line', request('GET\t/ HTTP/1.1', 'Host: h')],
    ['a bare LF', get('X: a\nTransfer-Encoding: chunked')],
    ['a bare CR', get('X: a\rTransfer-Encoding: chunked')],
    ['a folded line', get('X: a', ' b')],
    ['a folded line with a tab', get('X: a', '\tb')],
    ['a NUL', get('X: a\0b')],
    ['a control character', get('X: a\x0bb')],
    ['a DEL', get('X: a\x7fb')],
    ['a name with a separator', get('X(Y): 1')],
    ['no name', get(': 1')],
    ['no colon', get('nonsense')],
    ['a name outside of ASCII', get('X\xe9: 1')],
    ['two hosts', get('Host: evil.example')],
    ['a header line that begins with a blank', request('GET / HTTP/1.1', ' Host: h')],
  ] as const)('with %s is refused', ([, text]) => {
    expect(parseRequestHead(text)).toEqual({ refused: 400, detail: null });
  });

  it.for([
    ['a blank before the colon', get('X-A : 1'), 'invalid header name'],
    ['a blank in a name', get('X Bad: 1'), 'invalid header name'],
    ['no host', request('GET / HTTP/1.1'), 'missing required Host header'],
    ['a path in its host', request('GET / HTTP/1.1', 'Host: a/b'), 'malformed Host header'],
    [
      'user information in its host',
      request('GET / HTTP/1.1', 'Host: a@b'),
      'malformed Host header',
    ],
  ] as const)('with %s is refused, and it is said why', ([, text, detail]) => {
    expect(parseRequestHead(text)).toEqual({ refused: 400, detail });
  });

  it('of HTTP/1.0 needs no host, and one of HTTP/1.2 is answered as 1.1', () => {
    expect(parseRequestHead(request('GET / HTTP/1.0'))).toMatchObject({ minorVersion: 0 });
    expect(parseRequestHead(request('GET / HTTP/1.2', 'Host: h'))).toMatchObject({
      minorVersion: 1,
    });
  });

  it('of another major version is refused with 505, but for the preface of HTTP/2', () => {
    expect(parseRequestHead(request('GET / HTTP/2.0', 'Host: h'))).toMatchObject({ refused: 505 });
    expect(parseRequestHead(request('GET / HTTP/0.9'))).toMatchObject({ refused: 505 });
    expect(parseRequestHead(request('PRI * HTTP/2.0'))).toMatchObject({ method: 'PRI' });
  });

  it('that can never become good is refused before its end', () => {
    expect(refusedAt('GET /api HTTP/1.1\nHost: localhost\n\n', 1)).toBe(18);
    expect(refusedAt('\x16\x03\x01', 3)).toBe(3);
    expect(refusedAt('GET\r\nHost', 5)).toBe(5);
    expect(refusedAt('GET /api HTTP/1.1\r', 18)).toBeNull();
    expect(refusedAt('GET /api HTTP/1.1\r\nHost: loc', 1)).toBeNull();
    expect(refusedAt('GET /api HTTP/1.1\r\nHost: loc\rX', 30)).toBe(30);
  });

  it('reads each byte of an unfinished head once, but for one', () => {
    const collector = new HeadCollector();
    const reading = vi.spyOn(collector, 'waitingText');
    const early = new EarlyRefusal();
    const bytes = Buffer.from(`GET /api HTTP/1.1\r\n${'X-A: 1\r\n'.repeat(10_000)}`);
    for (let at = 0; at < bytes.length; at += 500) {
      collector.take(bytes, at, Math.min(at + 500, bytes.length));
      expect(early.judge(collector)).toBeNull();
    }
    const read = reading.mock.results.reduce((sum, { value }) => sum + String(value).length, 0);
    expect(read).toBeLessThan(bytes.length + 1_000);
  });

  it('comes out the same whatever header lines it has', () => {
    const name = fc.stringMatching(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,12}$/);
    const value = fc.stringMatching(/^(?:[!-~\x80-\xff](?:[ -~\x80-\xff]{0,20}[!-~\x80-\xff])?)?$/);
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value)), (headers) => {
        fc.pre(headers.every(([key]) => key.toLowerCase() !== 'host'));
        const head = parseRequestHead(get(...headers.map(([key, text]) => `${key}: ${text}`)));
        expect(
          'headers' in head && head.headers.slice(1).map((one) => [one.name, one.value]),
        ).toEqual(headers);
      }),
    );
  });
});

describe('a response head', () => {
  it('is read with any reason phrase', () => {
    expect(parseResponseHead('HTTP/1.1 200\r\n\r\n')).toMatchObject({ status: 200, reason: '' });
    expect(parseResponseHead('HTTP/1.0 404 Fine By Me\r\n\r\n')).toMatchObject({
      status: 404,
      reason: 'Fine By Me',
      minorVersion: 0,
    });
  });

  it.for([
    ['nonsense\r\n\r\n', 'malformed HTTP response "nonsense"'],
    ['HTTP/1.1 099 x\r\n\r\n', 'malformed HTTP status code "99"'],
    ['HTTP/1.1 20 x\r\n\r\n', 'malformed HTTP status code "20"'],
    ['HTTP/2.0 200 OK\r\n\r\n', 'malformed HTTP version "HTTP/2.0"'],
    ['HTTP/1.1 200 OK\r\nno colon\r\n\r\n', 'malformed MIME header line: no colon'],
    ['HTTP/1.1 200 OK\r\nX: a\n b\r\n\r\n', 'malformed MIME header line'],
    ['HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n', 'malformed MIME header line:  b'],
  ] as const)('%j is not understood', ([text, malformed]) => {
    expect(parseResponseHead(text)).toEqual({ malformed });
  });
});

describe('the collector of heads', () => {
  it('finds the same head and the same rest however the bytes are cut', () => {
    const head = get('X-A: 1', 'X-B: \r', 'X-C: 2').replace('X-B: \r\r\n', 'X-B: \r\n');
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary-ascii' }),
        fc.array(fc.nat(head.length + 20), { maxLength: 12 }),
        (rest, cuts) => {
          const collector = new HeadCollector();
          let left = '';
          let isFound = false;
          for (const piece of cut(head + rest, cuts)) {
            const bytes = Buffer.from(piece, 'latin1');
            const next = isFound ? 0 : collector.take(bytes, 0, bytes.length);
            if (next === -1) continue;
            isFound = true;
            left += bytes.toString('latin1', next);
          }
          expect(collector.text).toBe(head);
          expect(left).toBe(rest);
        },
      ),
    );
  });

  it('does not take what lies behind the end for a part of the head', () => {
    const bytes = Buffer.from('GET / HTTP/1.1\r\n\r\n');
    expect(new HeadCollector().take(bytes, 0, bytes.length - 1)).toBe(-1);
  });

  it('gives the memory of a large head back', () => {
    const collector = new HeadCollector();
    const bytes = Buffer.from(get(`X-A: ${'a'.repeat(1 << 20)}`));
    expect(collector.take(bytes, 0, 1 << 20)).toBe(-1);
    expect(collector.heldBytes).toBeGreaterThanOrEqual(1 << 20);
    expect(collector.take(bytes, 1 << 20, bytes.length)).toBe(bytes.length);
    expect(collector.heldBytes).toBe(0);
  });
});

/** After how many bytes a head that comes in pieces is refused, or null. */
function refusedAt(text: string, pieceLength: number): number | null {
  const collector = new HeadCollector();
  const early = new EarlyRefusal();
  const bytes = Buffer.from(text, 'latin1');
  for (let at = 0; at < bytes.length; at += pieceLength) {
    const end = Math.min(at + pieceLength, bytes.length);
    if (collector.take(bytes, at, end) === -1 && early.judge(collector) !== null) return end;
  }
  return null;
}

/** The text in pieces, cut at these places. */
function cut(text: string, places: readonly number[]): string[] {
  const sorted = [0, ...places.toSorted((a, b) => a - b), text.length];
  return sorted.slice(1).map((place, index) => text.slice(sorted[index], place));
}
