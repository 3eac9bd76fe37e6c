import { describe, expect, it } from 'vitest';
import { requestFraming, responseFraming } from './framing.ts';
import { parseRequestHead, parseResponseHead } from './head.ts';

describe('the framing of a request', () => {
  it.for([
    [[], { kind: 'none' }],
    [['Content-Length: 0'], { kind: 'none' }],
    [['Content-Length: 12'], { kind: 'length', length: 12 }],
    [['Content-Length: 012'], { kind: 'length', length: 12 }],
    [['Content-Length: 3', 'Content-Length: 3'], { kind: 'length', length: 3 }],
    [['Transfer-Encoding: chunked'], { kind: 'chunked' }],
    [['Transfer-Encoding: Chunked'], { kind: 'chunked' }],
  ] as const)('with %j is clear', ([headers, framing]) => {
    expect(framingOf('1.1', headers)).toEqual(framing);
  });

  it.for([
    [['Content-Length: 2', 'Content-Length: 3'], 400],
    [['Content-Length: 3, 3'], 400],
    [['Content-Length:'], 400],
    [['Content-Length: -1'], 400],
    [['Content-Length: +2'], 400],
    [['Content-Length: 0x2'], 400],
    [['Content-Length: 2', 'Content-Length: 02'], 400],
    [['Content-Length: 99999999999999999999'], 400],
    [['Transfer-Encoding: chunked', 'Content-Length: 3'], 400],
    [['Content-Length: 3', 'Transfer-Encoding: chunked'], 400],
    [['Transfer-Encoding: gzip, chunked'], 501],
    [['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'], 501],
    [['Transfer-Encoding: identity'], 501],
    [['Transfer-Encoding:'], 501],
    [['Transfer-Encoding: xchunked'], 501],
  ] as const)('with %j is refused', ([headers, refused]) => {
    expect(framingOf('1.1', headers)).toMatchObject({ refused });
  });

  it('of HTTP/1.0 may not be chunked', () => {
    expect(framingOf('1.0', ['Transfer-Encoding: chunked'])).toMatchObject({ refused: 400 });
  });
});

describe('the framing of a response', () => {
  it.for([
    ['GET', 'HTTP/1.1 200 OK', ['Content-Length: 5'], { kind: 'length', length: 5 }],
    ['GET', 'HTTP/1.1 200 OK', ['Content-Length: 0'], { kind: 'none' }],
    ['GET', 'HTTP/1.1 200 OK', [], { kind: 'until-close' }],
    ['GET', 'HTTP/1.0 200 OK', ['Transfer-Encoding: chunked'], { kind: 'until-close' }],
    ['GET', 'HTTP/1.1 200 OK', ['Transfer-Encoding: chunked'], { kind: 'chunked' }],
    ['HEAD', 'HTTP/1.1 200 OK', ['Content-Length: 5'], { kind: 'none' }],
    ['GET', 'HTTP/1.1 204 No Content', ['Content-Length: 5'], { kind: 'none' }],
    ['GET', 'HTTP/1.1 304 Not Modified', ['Transfer-Encoding: chunked'], { kind: 'none' }],
  ] as const)('to %s, %s with %j is clear', ([method, line, headers, framing]) => {
    expect(answerFraming(method, line, headers)).toEqual(framing);
  });

  it.for([
    [['Content-Length: banana'], 'bad Content-Length "banana"'],
    [['Content-Length: 1', 'Content-Length: 2'], 'bad Content-Length "2"'],
    [
      ['Content-Length: 1', 'Transfer-Encoding: chunked'],
      'both Content-Length and Transfer-Encoding',
    ],
    [['Transfer-Encoding: gzip'], 'unsupported transfer encoding: "gzip"'],
  ] as const)('with %j is not understood', ([headers, malformed]) => {
    expect(answerFraming('GET', 'HTTP/1.1 200 OK', headers)).toEqual({ malformed });
  });
});

function framingOf(version: string, headers: readonly string[]) {
  const head = parseRequestHead(
    ['POST / HTTP/' + version, 'Host: h', ...headers, '', ''].join('\r\n'),
  );
  return 'refused' in head ? head : requestFraming(head);
}

function answerFraming(method: string, line: string, headers: readonly string[]) {
  const head = parseResponseHead([line, ...headers, '', ''].join('\r\n'));
  return 'malformed' in head ? head : responseFraming(head, method);
}
