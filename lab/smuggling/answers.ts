/** Answers of a target that means no good, as bytes, and what a client gets instead. */

export interface AnswerCase {
  readonly name: string;
  readonly method?: 'HEAD';
  readonly bytes: string;
  /** Sent without end, after the bytes. */
  readonly endless?: string;
  /**
   * 503: nothing of it is passed on. `cut`: what was good of it, and the connection broken. Else the text that
   * the client gets, with this status.
   */
  readonly becomes: 503 | 500 | 'cut' | { readonly status: number; readonly body: string };
  /** What an HTTP/2 client gets instead. */
  readonly becomesInHttp2?: AnswerCase['becomes'];
  /** What no header of the client's answer says. */
  readonly without?: RegExp;
}

const splitting = 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\ncanary';

/** A head with these lines. */
function ok(lines: string, body = '', status = '200 OK'): string {
  return `HTTP/1.1 ${status}\r\nContent-Type: text/plain\r\n${lines}\r\n\r\n${body}`;
}

const good = (body: string, status = 200) => ({ status, body });

export const answerCases: readonly AnswerCase[] = [
  // How long the body is.
  {
    name: 'chunked beside a length',
    bytes: ok('Transfer-Encoding: chunked\r\nContent-Length: 5', '0\r\n\r\n' + splitting),
    becomes: 503,
  },
  {
    name: 'two lengths',
    bytes: ok('Content-Length: 2\r\nContent-Length: 40', 'ok' + splitting),
    becomes: 503,
  },
  {
    name: 'the same length twice',
    bytes: ok('Content-Length: 2\r\nContent-Length: 2', 'ok' + splitting),
    becomes: good('ok'),
  },
  ...['+2', '-2', '2,2', '0x2', '', '99999999999999999999'].map((length) => ({
    name: `a length that is none: ${JSON.stringify(length)}`,
    bytes: ok(`Content-Length: ${length}`, 'ok'),
    becomes: 503 as const,
  })),
  ...['gzip, chunked', 'identity', 'xchunked', 'chunked, chunked'].map((coding) => ({
    name: `the coding ${coding}`,
    bytes: ok(`Transfer-Encoding: ${coding}`, '2\r\nok\r\n0\r\n\r\n'),
    becomes: 503 as const,
  })),
  {
    name: 'chunks with a sign',
    bytes: ok('Transfer-Encoding: chunked', '2\r\nok\r\n+1\r\na\r\n0\r\n\r\n'),
    becomes: 'cut',
  },
  {
    name: 'chunks that end with LF',
    bytes: ok('Transfer-Encoding: chunked', '2\r\nok\r\n1\na\n0\n\n'),
    becomes: 'cut',
  },
  {
    name: 'trailers that a client could take for headers',
    bytes: ok(
      'Transfer-Encoding: chunked',
      '2\r\nok\r\n0\r\nContent-Length: 9\r\nHTTP2-Settings: x\r\nUpgrade: y\r\nConnection: z\r\n\r\n',
    ),
    becomes: good('ok'),
  },
  {
    name: 'a folded trailer',
    bytes: ok('Transfer-Encoding: chunked', '2\r\nok\r\n0\r\nX: a\r\n b\r\n\r\n'),
    becomes: 'cut',
  },
  { name: 'a body that breaks off', bytes: ok('Content-Length: 9', 'ok'), becomes: 'cut' },

  // What stands in a head.
  ...[
    ['a bare CR', 'X: a\rSet-Cookie: canary=1'],
    ['a bare LF', 'X: a\nSet-Cookie: canary=1'],
    ['NUL', 'X: a\0b'],
    ['a control character', 'X: a\x1bb'],
    ['a folded header', 'X: a\r\n Set-Cookie: canary=1'],
    ['a space before the colon', 'Set-Cookie : canary=1'],
    ['a pseudo-header', ':status: 204'],
    ['a line that is none', 'canary'],
  ].map(([name = '', line = '']) => ({
    name,
    bytes: ok(`${line}\r\nContent-Length: 2`, 'ok'),
    becomes: 503 as const,
    without: /canary/,
  })),
  {
    name: 'headers that belong to the connection',
    bytes: ok(
      'Connection: X-Mine\r\nX-Mine: canary\r\nKeep-Alive: canary\r\nProxy-Connection: canary\r\nUpgrade: canary\r\nHTTP2-Settings: canary\r\nTE: canary\r\nContent-Length: 2',
      'ok',
    ),
    becomes: good('ok'),
    without: /canary/,
  },
  {
    name: 'headers of the server',
    bytes: ok('Audit-Id: canary\r\nAccess-Control-Allow-Origin: canary\r\nContent-Length: 2', 'ok'),
    becomes: good('ok'),
    without: /canary/,
  },
  {
    name: 'names that objects have',
    bytes: ok(
      '__proto__: a\r\n__proto__: b\r\nconstructor: c\r\nhasOwnProperty: d\r\ntoString: e\r\nContent-Length: 2',
      'ok',
    ),
    becomes: good('ok'),
  },
  {
    name: 'many values of what has one',
    bytes: ok(
      'ETag: a\r\netag: b\r\nDate: c\r\nDate: d\r\nAge: 1\r\nAge: 2\r\nContent-Type: text/html\r\nContent-Length: 2',
      'ok',
    ),
    becomes: good('ok'),
  },
  {
    name: 'a Location that splits',
    bytes: ok('Location: /a%0d%0aSet-Cookie:%20canary=1\r\nContent-Length: 0', '', '302 Found'),
    becomes: good('', 302),
    without: /^set-cookie/im,
  },
  {
    name: 'a Location that is no URL',
    bytes: ok('Location: http://[canary\r\nContent-Length: 0', '', '302 Found'),
    becomes: 500,
  },
  {
    name: 'a Location beyond ASCII',
    bytes: ok('Location: /\xc4\x8d\xc4\x8a\r\nContent-Length: 0', '', '302 Found'),
    becomes: good('', 302),
  },

  // What a status is.
  ...['600 Odd', '999 Odd'].map((status) => ({
    name: `the status ${status}`,
    bytes: ok('Content-Length: 2', 'ok', status),
    becomes: good('ok', Number(status.slice(0, 3))),
    becomesInHttp2: 503 as const,
  })),
  ...['099 Odd', '20 Odd', '2000 Odd', '2x0 Odd', '-20 Odd', ''].map((status) => ({
    name: `the status ${JSON.stringify(status)}`,
    bytes: ok('Content-Length: 2', 'ok', status),
    becomes: 503 as const,
  })),
  ...['HTTP/2.0', 'HTTP/0.9', 'http/1.1', 'HTTP/1', 'ICY'].map((version) => ({
    name: `the version ${version}`,
    bytes: ok('Content-Length: 2', 'ok').replace('HTTP/1.1', version),
    becomes: 503 as const,
  })),
  { name: 'no head', bytes: 'canary\r\n\r\n', becomes: 503 },
  ...['204 No Content', '304 Not Modified'].map((status) => ({
    name: `${status} with a body`,
    bytes: ok(`Content-Length: ${splitting.length}`, splitting, status),
    becomes: good('', Number(status.slice(0, 3))),
  })),
  {
    name: '205 with a body',
    bytes: ok('Content-Length: 2', 'ok', '205 Reset Content'),
    becomes: good('ok', 205),
    becomesInHttp2: good('', 205),
  },
  {
    name: 'a body for HEAD',
    method: 'HEAD',
    bytes: ok(`Content-Length: ${splitting.length}`, splitting),
    becomes: good('', 200),
  },
  {
    name: '101 that nobody has asked for',
    bytes: `HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n${splitting}`,
    becomes: 503,
  },
  {
    name: 'a hundred interim answers',
    bytes:
      'HTTP/1.1 103 Early Hints\r\nSet-Cookie: canary=1\r\n\r\n'.repeat(100) +
      ok('Content-Length: 2', 'ok'),
    becomes: good('ok'),
    without: /canary/,
  },
  {
    name: 'an answer behind the answer',
    bytes: ok('Content-Length: 2', 'ok') + splitting,
    becomes: good('ok'),
  },

  // What has no end.
  {
    name: 'a head without end',
    bytes: 'HTTP/1.1 200 OK\r\n',
    endless: 'X: '.padEnd(65_534, 'a') + '\r\n',
    becomes: 503,
  },
  {
    name: 'a line without end',
    bytes: 'HTTP/1.1 200 OK\r\nX: ',
    endless: 'a'.repeat(65_536),
    becomes: 503,
  },
  {
    name: 'interim answers without end',
    bytes: '',
    endless: 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'.repeat(1000),
    becomes: 503,
  },
  {
    name: 'a chunk line without end',
    bytes: ok('Transfer-Encoding: chunked', '2\r\nok\r\n1;'),
    endless: 'a'.repeat(65_536),
    becomes: 'cut',
  },
  {
    name: 'a trailer without end',
    bytes: ok('Transfer-Encoding: chunked', '2\r\nok\r\n0\r\n'),
    endless: 'X: '.padEnd(65_534, 'a') + '\r\n',
    becomes: 'cut',
  },
];
