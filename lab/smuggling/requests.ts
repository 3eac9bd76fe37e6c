/**
 * Requests that two readers could read in two ways, as bytes, and what must become of each. Behind most stands
 * a second request, the canary: it must not reach any target as a request of its own.
 */

export interface RequestCase {
  readonly name: string;
  /** @param web the path of the proxied pod, up to and with `/proxy` */
  readonly bytes: (web: string) => string;
  /**
   * The status with which it is refused, and the connection closed after it; or the one head that the
   * target gets, with what follows it.
   */
  readonly becomes: number | RegExp;
}

const host = 'Host: apiserver.test';
const token = 'Authorization: Bearer jane';

/** A head, with all that a well-formed one needs. */
function head(line: string, ...headers: readonly string[]): string {
  return `${[line, host, token, ...headers].join('\r\n')}\r\n\r\n`;
}

/** A request that the client may make, and has not: what is smuggled. */
const canary = (web: string) => head(`GET ${web}/canary HTTP/1.1`);

/** A POST with these headers and this body, the canary behind it. */
function post(headers: readonly string[], body: string, version = '1.1') {
  return (web: string) => head(`POST ${web}/a HTTP/${version}`, ...headers) + body + canary(web);
}

/** A GET with these headers as they stand here, the canary behind it. */
function get(lines: string, line = (web: string) => `GET ${web}/a HTTP/1.1`) {
  return (web: string) => `${line(web)}\r\n${host}\r\n${token}\r\n${lines}\r\n\r\n${canary(web)}`;
}

/** With this request target. */
const target = (of: (web: string) => string) => get('X: y', (web) => `GET ${of(web)} HTTP/1.1`);

const chunkedBody = '1\r\na\r\n0\r\n\r\n';

export const requestCases: readonly RequestCase[] = [
  // How long the body is.
  {
    name: 'CL.TE: a length beside chunked',
    bytes: post(['Content-Length: 4', 'Transfer-Encoding: chunked'], '0\r\n\r\n'),
    becomes: 400,
  },
  {
    name: 'TE.CL: chunked beside a length',
    bytes: post(['Transfer-Encoding: chunked', 'Content-Length: 4'], '5c\r\n'),
    becomes: 400,
  },
  {
    name: 'TE.TE: chunked, and identity',
    bytes: post(['Transfer-Encoding: chunked', 'Transfer-Encoding: identity'], chunkedBody),
    becomes: 400,
  },
  {
    name: 'TE.TE: chunked twice',
    bytes: post(['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'], chunkedBody),
    becomes: 400,
  },
  {
    name: 'TE.TE: chunked within a list',
    bytes: post(['Transfer-Encoding: gzip, chunked'], chunkedBody),
    becomes: 400,
  },
  ...[
    'xchunked',
    'chunked, identity',
    'identity',
    'chunked;q=1',
    '"chunked"',
    '\x0bchunked',
    'chun\x00ked',
    'cow',
    '',
  ].map((coding) => ({
    name: `a coding that is none: ${JSON.stringify(coding)}`,
    bytes: post([`Transfer-Encoding: ${coding}`], chunkedBody),
    becomes: 400,
  })),
  {
    name: 'a coding behind a fold',
    bytes: post(['Transfer-Encoding:\r\n chunked'], chunkedBody),
    becomes: 400,
  },
  {
    name: 'a coding behind a space before its colon',
    bytes: post(['Transfer-Encoding : chunked', 'Content-Length: 5'], '0\r\n\r\n'),
    becomes: 400,
  },
  {
    name: 'a coding under a name with a vertical tab',
    bytes: post(['Transfer-Encoding\x0b: chunked'], chunkedBody),
    becomes: 400,
  },
  {
    name: 'a coding in HTTP/1.0, which has none',
    bytes: post(['Connection: keep-alive', 'Transfer-Encoding: chunked'], chunkedBody, '1.0'),
    becomes: 400,
  },
  {
    name: 'two lengths',
    bytes: post(['Content-Length: 1', 'Content-Length: 9'], 'a'),
    becomes: 400,
  },
  {
    name: 'the same length twice',
    bytes: post(['Content-Length: 1', 'Content-Length: 1'], 'a'),
    becomes: 400,
  },
  ...['+1', '-1', '0x1', '1,1', '1 1', '1_0', '1e0', '١', '99999999999999999999', ''].map(
    (length) => ({
      name: `a length that is none: ${JSON.stringify(length)}`,
      bytes: post([`Content-Length: ${Buffer.from(length).toString('latin1')}`], 'a'),
      becomes: 400,
    }),
  ),
  ...[
    ['a chunk size with a sign', '+1\r\na\r\n0\r\n\r\n'],
    ['a chunk size with a prefix', '0x1\r\na\r\n0\r\n\r\n'],
    ['a chunk size beyond any', 'fffffffffffffffff\r\na\r\n0\r\n\r\n'],
    ['a chunk size of none', '\r\na\r\n0\r\n\r\n'],
    ['a chunk line that ends with LF', '1\na\n0\n\n'],
    ['a chunk line with a bare CR', '1\ra\r\n0\r\n\r\n'],
    ['a chunk extension with LF in it', '1;a\nb\r\na\r\n0\r\n\r\n'],
    ['a chunk longer than its size', '1\r\nab\r\n0\r\n\r\n'],
    ['a folded trailer', '1\r\na\r\n0\r\nX: a\r\n b\r\n\r\n'],
    ['a trailer with LF', '1\r\na\r\n0\r\nX: a\nY: b\r\n\r\n'],
    ['a length in the trailer', '1\r\na\r\n0\r\nContent-Length: 9\r\n\r\n'],
    ['a coding in the trailer', '1\r\na\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n'],
  ].map(([name = '', body = '']) => ({
    name,
    bytes: post(['Transfer-Encoding: chunked'], body),
    becomes: 400,
  })),
  {
    name: 'a length with a canary in the body',
    bytes: (web) =>
      head(`POST ${web}/a HTTP/1.1`, `Content-Length: ${canary(web).length}`) + canary(web),
    becomes:
      /^POST \/a HTTP\/1\.1\r\n(?:[^\r\n]+\r\n)*\r\nGET \/api\/v1\/.*\/canary HTTP\/1\.1\r\n/,
  },
  {
    name: 'chunks with a canary in the body',
    bytes: (web) =>
      head(`POST ${web}/a HTTP/1.1`, 'Transfer-Encoding: chunked') +
      `${canary(web).length.toString(16)};ext="x"\r\n${canary(web)}\r\n0\r\n\r\n`,
    becomes:
      /^POST \/a HTTP\/1\.1\r\n(?:[^\r\n]+\r\n)*Transfer-Encoding: chunked\r\n(?:[^\r\n]+\r\n)*\r\n[0-9a-f]+\r\nGET \/api/,
  },
  {
    name: 'trailers that only the server may say',
    bytes: (web) =>
      head(
        `POST ${web}/a HTTP/1.1`,
        'Transfer-Encoding: chunked',
        'Trailer: X-Sum, X-Remote-User',
      ) +
      '1\r\na\r\n0\r\nX-Sum: 1\r\nX-Remote-User: admin\r\nHost: b\r\nAuthorization: x\r\nX-Hop-Authorization: y\r\n\r\n',
    becomes: /\r\nTrailer: X-Sum\r\n(?:[^\r\n]+\r\n)*\r\n1\r\na\r\n0\r\nX-Sum: 1\r\n\r\n$/,
  },

  // Where a line ends.
  ...[
    ['a folded header', 'X: a\r\n b'],
    ['a folded header of the audit id', 'Audit-ID: a\r\n b'],
    ['a folded header with a tab', 'X: a\r\n\tTransfer-Encoding: chunked'],
    ['a header that ends with LF', 'X: a\nY: b'],
    ['a header with a bare CR', 'X: a\rY: b'],
    ['a header with CR before CRLF', 'X: a\r'],
    ['a header with NUL', 'X: a\0b'],
    ['a header with a control character', 'X: a\x01b'],
    ['a header with DEL', 'X: a\x7fb'],
    ['a header without a colon', 'X'],
    ['a header without a name', ': x'],
    ['a name with a space', 'X Y: a'],
    ['a space before the colon', 'X : a'],
    ['a name with a bracket', 'X[: a'],
    ['a name beyond ASCII', 'X\xe9: a'],
  ].map(([name = '', lines = '']) => ({ name, bytes: get(lines), becomes: 400 })),
  {
    name: 'lines that end with LF',
    bytes: (web) => `GET ${web}/a HTTP/1.1\n${host}\n${token}\n\n${canary(web)}`,
    becomes: 400,
  },
  {
    name: 'a first line that is folded',
    bytes: (web) => ` GET ${web}/a HTTP/1.1\r\n${host}\r\n${token}\r\n\r\n${canary(web)}`,
    becomes: 400,
  },

  // What a request line is.
  ...['HTTP/1.2', 'HTTP/2.0', 'HTTP/0.9', 'HTTP/1.10', 'HTTP/1', 'http/1.1', 'HTTP/1.1 x'].map(
    (version) => ({
      name: `the version ${version}`,
      bytes: get('X: y', (web) => `GET ${web}/a ${version}`),
      becomes: 400,
    }),
  ),
  {
    name: 'no version',
    bytes: (web) => `GET ${web}/a\r\n${host}\r\n${token}\r\n\r\n${canary(web)}`,
    becomes: 400,
  },
  {
    name: 'an absolute form with somebody else as host',
    bytes: (web) => head(`GET http://vault.test${web}/a HTTP/1.1`, 'Connection: close'),
    becomes: 403,
  },
  { name: 'an authority form', bytes: target(() => 'vault.test:443'), becomes: 400 },
  {
    name: 'an asterisk form',
    bytes: () => head('OPTIONS * HTTP/1.1', 'Connection: close'),
    becomes: 403,
  },
  ...[
    ['a space', '/a b'],
    ['a tab', '/a\tb'],
    ['NUL', '/a\0b'],
    ['a control character', '/a?\x01'],
    ['DEL', '/a?\x7f'],
    ['bytes beyond ASCII', '/\xc4\x8d\xc4\x8a'],
    ['an escape that is none', '/%zz'],
    ['half an escape', '/%2'],
    ['an escape of half a character', '/%c4'],
    ['a space in the query', '/a?b HTTP/1.1'],
  ].map(([name = '', path = '']) => ({
    name: `a path with ${name}`,
    bytes: target((web) => web + path),
    becomes: 400,
  })),
  {
    name: 'a method in small letters',
    bytes: get('X: y', (web) => `get ${web}/a HTTP/1.1`),
    becomes: 400,
  },
  {
    name: 'a method that is none',
    bytes: get('X: y', (web) => `G(T ${web}/a HTTP/1.1`),
    becomes: 400,
  },
  {
    name: 'an over-long head',
    bytes: get(`X: ${'a'.repeat(1_100_000)}`),
    becomes: 431,
  },
  {
    name: 'an over-long path',
    bytes: target((web) => `${web}/${'a'.repeat(1_100_000)}`),
    becomes: 431,
  },

  // Whose host it is.
  {
    name: 'no host',
    bytes: (web) => `GET ${web}/a HTTP/1.1\r\n${token}\r\n\r\n${canary(web)}`,
    becomes: 400,
  },
  { name: 'two hosts', bytes: get('Host: vault.test'), becomes: 400 },
  ...['a b', 'a/b', 'a@b', 'a"b', 'a\xe9', 'a#b', 'a?b', 'a\\b', 'a%00<'].map((name) => ({
    name: `a host that is none: ${JSON.stringify(name)}`,
    bytes: (web: string) =>
      `GET ${web}/a HTTP/1.1\r\nHost: ${name}\r\n${token}\r\n\r\n${canary(web)}`,
    becomes: 400,
  })),

  // What is passed on is said anew.
  {
    name: 'headers that belong to the connection, and who somebody is',
    bytes: (web) =>
      head(
        `GET ${web}/a HTTP/1.1`,
        'Connection: keep-alive, X-Mine, Cookie',
        'X-Mine: 1',
        'Cookie: a=b',
        'Keep-Alive: 1',
        'TE: gzip',
        'Proxy-Authorization: x',
        'Proxy-Connection: x',
        'X-Remote-User: admin',
        'X-Remote-Group: system:masters',
        'X-Remote-Extra-Scopes: x',
        'X-REMOTE-UID: 0',
        'X-Yours: 2',
      ),
    becomes:
      /^GET \/a HTTP\/1\.1\r\nHost: apiserver\.test\r\nX-Forwarded-For: 127\.0\.0\.1\r\nX-Forwarded-Uri: [^\r\n]+\r\nX-Yours: 2\r\nAccept-Encoding: gzip\r\n\r\n$/,
  },
  {
    name: 'a query with all that a query may have',
    bytes: (web) => head(`GET ${web}/a?x=%0d%0aX:%20y&y=<>"{}|^\`\\'%00#frag HTTP/1.1`),
    becomes: /^GET \/a\?x=%0d%0aX:%20y&y=<>"\{\}\|\^`\\'%00#frag HTTP\/1\.1\r\nHost: /,
  },
];
