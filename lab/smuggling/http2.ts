/** Requests in HTTP/2 whose parts would say something else in HTTP/1.1. */

export interface Http2Case {
  readonly name: string;
  /** In their order, as they stand. */
  readonly headers: (web: string) => readonly (readonly [name: string, value: string])[];
  readonly body?: string;
  /** The stream is reset behind the body. */
  readonly isReset?: true;
  /**
   * The status with which it is refused; `reset`: the stream or the session ends, and no target gets a whole
   * request; or what the target gets.
   */
  readonly becomes: number | 'reset' | RegExp;
}

type Headers = readonly (readonly [string, string])[];

/** A request with these headers; pseudo-headers replace the usual ones. */
function request(headers: Headers, path = '/a', method = 'GET') {
  return (web: string): Headers => {
    const usual: Headers = [
      [':method', method],
      [':scheme', 'https'],
      [':authority', 'apiserver.test'],
      [':path', web + path],
    ];
    const isReplaced = ([name]: readonly [string, string]) =>
      headers.some(([other]) => other === name);
    return [
      ...usual.filter((one) => !isReplaced(one)),
      ...headers.filter(([name]) => name.startsWith(':')),
      ['authorization', 'Bearer jane'],
      ...headers.filter(([name]) => !name.startsWith(':')),
    ];
  };
}

const post = (headers: Headers = []) => request(headers, '/a', 'POST');

/** Node lets go of what is no header, and serves the rest. */
const dropped =
  /^GET \/a HTTP\/1\.1\r\nHost: apiserver\.test\r\n(?:X-Forwarded-[^\r\n]+\r\n)*Accept-Encoding: gzip\r\n\r\n$/;

export const http2Cases: readonly Http2Case[] = [
  ...[
    ['CRLF', 'a\r\nX: y'],
    ['LF', 'a\nX: y'],
    ['CR', 'a\rX: y'],
    ['NUL', 'a\0b'],
    ['a whole request', 'a\r\n\r\nGET /canary HTTP/1.1\r\nHost: b'],
  ].map(([what = '', value = '']) => ({
    name: `a value with ${what}`,
    headers: request([['x', value]]),
    becomes: dropped,
  })),
  ...[
    ['a name with a colon', 'x: y'],
    ['a name with CRLF', 'x\r\ny'],
    ['a name with a space', 'x y'],
    ['an empty name', ''],
  ].map(([name = '', key = '']) => ({
    name,
    headers: request([[key, 'a']]),
    becomes: dropped,
  })),
  { name: 'a name in capitals', headers: request([['X-Y', 'a']]), becomes: 'reset' },
  ...[
    ['connection', 'keep-alive'],
    ['transfer-encoding', 'chunked'],
    ['upgrade', 'websocket'],
    ['keep-alive', '1'],
    ['proxy-connection', 'x'],
    ['te', 'gzip'],
  ].map(([key = '', value = '']) => ({
    name: `the header ${key}: ${value}`,
    headers: request([[key, value]]),
    becomes: 'reset' as const,
  })),
  ...[
    ['a space', '/a?b HTTP/1.1'],
    ['CRLF', '/a?b HTTP/1.1\r\nX: y'],
    ['a tab', '/a\tb'],
    ['NUL', '/a\0b'],
    ['DEL', '/a\x7f'],
  ].map(([what = '', path = '']) => ({
    name: `a path with ${what}`,
    headers: request([], path),
    becomes: 'reset' as const,
  })),
  {
    name: 'a path in absolute form',
    headers: (web) => request([[':path', `https://vault.test${web}/a`]])(web),
    becomes: 'reset',
  },
  { name: 'a path of nothing', headers: request([[':path', '']]), becomes: 'reset' },
  {
    name: 'a method with a line in it',
    headers: request([[':method', 'GET /x HTTP/1.1\r\nX: y']]),
    becomes: 'reset',
  },
  {
    name: 'a method with a space',
    headers: request([[':method', 'GET /canary']]),
    becomes: 'reset',
  },
  { name: 'a method in small letters', headers: request([[':method', 'get']]), becomes: 405 },
  {
    name: 'two paths',
    headers: (web) => [...request([])(web).slice(0, 4), [':path', '/x']],
    becomes: 'reset',
  },
  { name: 'a pseudo-header that is none', headers: request([[':x', 'y']]), becomes: 'reset' },
  {
    name: 'an authority that is none',
    headers: request([[':authority', 'a/b']]),
    becomes: 'reset',
  },
  { name: 'an authority with a user', headers: request([[':authority', 'a@b']]), becomes: 'reset' },
  {
    name: 'another host beside the authority',
    headers: request([['host', 'vault.test']]),
    becomes: /^GET \/a HTTP\/1\.1\r\nHost: apiserver\.test\r\n(?!.*vault)/s,
  },
  {
    name: 'the same host beside the authority',
    headers: request([['host', 'apiserver.test']]),
    becomes: /^GET \/a HTTP\/1\.1\r\nHost: apiserver\.test\r\n(?!.*host:)/is,
  },
  {
    name: 'more data than the length says',
    headers: post([['content-length', '1']]),
    body: 'abc',
    becomes: 'reset',
  },
  {
    name: 'less data than the length says',
    headers: post([['content-length', '9']]),
    body: 'abc',
    becomes: 'reset',
  },
  {
    name: 'two lengths',
    headers: post([
      ['content-length', '3'],
      ['content-length', '4'],
    ]),
    body: 'abc',
    becomes: 'reset',
  },
  {
    name: 'a length that is none',
    headers: post([['content-length', '+3']]),
    body: 'abc',
    becomes: 'reset',
  },
  {
    name: 'a body whose stream is reset',
    headers: post(),
    body: 'abc',
    isReset: true,
    becomes: 'reset',
  },
  {
    name: 'a body that looks like a request',
    headers: post(),
    body: '0\r\n\r\nGET /canary HTTP/1.1\r\n\r\n',
    becomes: /\r\n\r\n1d\r\n0\r\n\r\nGET \/canary HTTP\/1\.1\r\n\r\n\r\n0\r\n\r\n$/,
  },
  {
    name: 'characters whose last byte would be a line end',
    headers: request([['x', 'čĊ']]),
    becomes: /\r\nX: \xc4\x8d\xc4\x8a\r\n/,
  },
  {
    name: 'who somebody is',
    headers: request([
      ['x-remote-user', 'admin'],
      ['x-remote-group', 'system:masters'],
      ['proxy-authorization', 'x'],
      ['x-yours', '1'],
    ]),
    becomes: /^(?!.*(?:Remote|Proxy-Auth|Authorization)).*X-Yours: 1\r\n/s,
  },
];
