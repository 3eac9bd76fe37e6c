/** The tables of upstream's `upgradeaware_test.go`, by the names of its tests (specification 2.8). */
import { TLSSocket } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createAuthority } from '../kit/pki/authority.ts';
import { ok, type ScriptedRequest } from '../kit/testing/scripted-server.ts';
import { request, startWorld, type World, type WorldOptions } from './testing/start-world.ts';

const tick = () => new Promise((resolve) => setImmediate(resolve));
const say =
  (text: string) =>
  ({ socket }: ScriptedRequest) =>
    socket.write(text, 'latin1');

async function ask(world: World, method: string, path: string, ...headers: string[]) {
  const client = await world.connect();
  client.write(request(method, world.prefix + path, ...headers));
  return client;
}

const authority = await createAuthority('targets');
const { certificatePem: cert, keyPem: key } = await authority.issueServer(['target']);
const tls = { cert, key };
const verified = {
  serverName: 'target',
  authority: authority.certificatePem,
  isUnverified: false,
};
const headOf = (world: World) => world.target.requests[0]?.head ?? '';

/** Rows of upstream's that nothing here could do, and why. */
const notHere = {
  TestServeHTTP: {
    'no upgrade header sent': 'Nothing that is proxied demands an upgrade.',
    'append server path to request path': 'A location is an address: it has no path to append.',
    'append server path to request path with ending slash': 'As the row before it.',
  },
  TestProxyUpgrade: {
    'https (valid hostname + RootCAs + custom dialer)':
      'There is one dialer, of the proxy’s own: nobody hands one over.',
  },
  TestDefaultProxyTransport: {
    'simple path': 'Servers hand over the prefix: it is not guessed from a URL and a location.',
    'empty path': 'As the row before it.',
    'location ending in slash': 'As the row before it.',
  },
};

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly expected?: string;
  readonly headers?: readonly string[];
  readonly body?: string;
}

/** A pod sees the Host of the client. */
const served: Readonly<Record<string, Asked>> = {
  'root path, simple get': { method: 'GET', path: '/' },
  'simple path, get': { method: 'GET', path: '/path/to/test' },
  'request params': {
    method: 'POST',
    path: '/some/path/?param1=value%2F1&param2=value%252',
    headers: ['Content-Length: 17'],
    body: 'test request body',
  },
  'request headers': {
    method: 'PUT',
    path: '/some/path',
    headers: ['Header1: value1', 'Header2: value2'],
  },
  // GET is redirected before it comes to that: see TestProxyRedirectsforRootPath.
  'empty path - slash should be added': { method: 'DELETE', path: '', expected: '/' },
  "don't append server path to request path": { method: 'GET', path: '/base' },
};

const otherwiseServed: Readonly<Record<string, () => Promise<void>>> = {
  'remove CORS headers': async () => {
    const cors = ['Access-Control-Allow-Origin: some.server', 'Access-Control-Allow-Methods: GET'];
    await using world = await startWorld(say(ok('x', 'Header1: value1', ...cors)));
    const text = await (await ask(world, 'GET', '/some/path')).reads(/x$/);
    expect(text).toContain('Header1: value1');
    expect(text).not.toContain('Access-Control');
  },
  // As an aggregated API server: what is forwarded names the target.
  'use location host': async () => {
    await using world = await startWorld(say(ok('x')), { tls, forwards: { tls: verified } });
    await (await ask(world, 'GET', '/some/path')).reads(/x$/);
    expect(headOf(world)).toMatch(/^GET \/some\/path HTTP/);
    expect(headOf(world)).toContain(`\r\nHost: 127.0.0.1:${world.target.port}\r\n`);
  },
  'use location host - invalid upgrade': async () => {
    await using world = await startWorld(say(ok('x')), { tls, forwards: { tls: verified } });
    const client = await ask(world, 'GET', '/some/path', 'Connection: Upgrade');
    await client.reads(/invalid upgrade response: status code 200/);
    expect(headOf(world)).toContain(`\r\nHost: 127.0.0.1:${world.target.port}\r\n`);
  },
};

describe('TestServeHTTP', () => {
  it.each(Object.entries(served))('%s', async (_, row) => {
    const { method, path, expected = path, headers = [], body = '' } = row;
    await using world = await startWorld(say(ok('x')));
    const client = await world.connect();
    client.write(request(method, world.prefix + path, ...headers) + body);
    await client.reads(/x$/);
    expect(headOf(world).split(' ', 2)).toEqual([method, expected]);
    for (const line of [...headers, 'Host: proxy.example']) {
      expect(headOf(world)).toContain(`\r\n${line}\r\n`);
    }
    while (world.target.received[0] !== headOf(world) + body) await tick();
  });

  it.each(Object.entries(otherwiseServed))('%s', (_, run) => run());
});

describe('TestRejectForwardingRedirectsOption', () => {
  const refused =
    /"message":"the backend attempted to redirect this request, which is not permitted"/;
  const enabled = 'reject redirection enabled in proxy, backend server sending';
  const disabled = 'reject redirection disabled in proxy, backend server sending';
  it.each([
    [`${enabled} 200 response`, '200 OK\r\nContent-Length: 4\r\n\r\nbody', 200, /^body$/],
    [
      `${enabled} 301 response`,
      '301 X\r\nLocation: /a\r\nContent-Length: 4\r\n\r\nbody',
      502,
      refused,
    ],
    [
      `${enabled} 304 response with a location header`,
      '304 X\r\nLocation: /a\r\n\r\n',
      502,
      refused,
    ],
    [`${enabled} 304 response with no location header`, '304 X\r\n\r\n', 304, /^$/],
    [`${disabled} 200 response`, '200 OK\r\nContent-Length: 4\r\n\r\nbody', 200, /^body$/],
    [
      `${disabled} 301 response`,
      '301 X\r\nLocation: /a\r\nContent-Length: 4\r\n\r\nbody',
      301,
      /^body$/,
    ],
  ])('%s', async (name, answer, status, body) => {
    await using world = await startWorld(say(`HTTP/1.1 ${answer}`), {
      tls,
      forwards: { rejectsRedirects: name.startsWith(enabled) },
    });
    const client = await ask(world, 'GET', '/', 'Connection: close');
    await client.ended();
    const end = client.text.indexOf('\r\n\r\n');
    expect(client.text).toContain(`HTTP/1.1 ${status} `);
    expect(client.text.slice(end + 4)).toMatch(body);
  });
});

describe('TestProxyRequestContentLengthAndTransferEncoding', () => {
  const gzipped = gzipSync('hello').toString('latin1');
  const chunked = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`;
  it.each([
    ['content-length', ['Content-Length: 5'], 'hello'],
    [
      'content-length + gzip content-encoding',
      [`Content-Length: ${gzipped.length}`, 'Content-Encoding: gzip'],
      gzipped,
    ],
    ['chunked transfer-encoding', ['Transfer-Encoding: chunked'], chunked('hello')],
    [
      'chunked transfer-encoding + gzip content-encoding',
      ['Content-Encoding: gzip', 'Transfer-Encoding: chunked'],
      chunked(gzipped),
    ],
  ])('%s', async (_, headers, body) => {
    await using world = await startWorld(() => undefined);
    const client = await world.connect();
    client.write(request('POST', `${world.prefix}/`, ...headers) + body);
    while (world.target.received[0]?.endsWith(body) !== true) await tick();
    for (const line of headers) expect(headOf(world).split(`\r\n${line}\r\n`)).toHaveLength(2);
    expect(headOf(world).match(/Content-Length|Transfer-Encoding/g)).toHaveLength(1);
  });
});

describe('TestProxyRedirectsforRootPath', () => {
  it.each([
    ['root path, simple get', 'GET', '', 301],
    ['root path, simple put', 'PUT', '', 200],
    ['root path, simple head', 'HEAD', '', 301],
    ['root path, simple delete with params', 'DELETE', '?a=1', 200],
  ])('%s', async (_, method, path, status) => {
    await using world = await startWorld(say(ok('x')));
    const text = await (await ask(world, method, path)).reads(/\r\n\r\n/);
    expect(text).toContain(`HTTP/1.1 ${status} `);
    if (status === 301) expect(text).toContain(`\r\nLocation: ${world.prefix}/\r\n`);
    expect(world.target.requests).toHaveLength(status === 200 ? 1 : 0);
  });
});

describe('TestFlushIntervalHeaders', () => {
  it('sends the headers though the body never ends', async () => {
    await using world = await startWorld(
      say('HTTP/1.1 200 OK\r\nX-Expected: yes\r\nContent-Length: 10\r\nContent-Type: a/b\r\n\r\n'),
    );
    await (await ask(world, 'GET', '/')).reads(/X-Expected: yes\r\n[^]*\r\n\r\n$/);
  });
});

describe('TestErrorPropagation', () => {
  it('tells what the transport said', async () => {
    await using world = await startWorld(({ socket }) => socket.end());
    await (await ask(world, 'GET', '/')).reads(/error trying to reach service: EOF/);
  });
});

/** Where the target is, and what must have come to it. */
const upgraded: Readonly<Record<string, WorldOptions & { readonly arrives?: string }>> = {
  http: {},
  'both client and server support http2, but force to http/1.1 for upgrade': {
    tls: { ...tls, ALPNProtocols: ['h2', 'http/1.1'] },
  },
  // The certificate is for “target”, and the pod is an address.
  'https (invalid hostname + InsecureSkipVerify)': { tls },
  'https (valid hostname + RootCAs)': { tls, forwards: { tls: verified } },
  'https (valid hostname + RootCAs + custom dialer + bearer token)': {
    tls,
    forwards: { tls: verified, headers: { Authorization: ['Bearer 1234'] } },
    arrives: '\r\nAuthorization: Bearer 1234\r\n',
  },
};

describe('TestProxyUpgrade', () => {
  it.each(Object.entries(upgraded))('%s', async (_, { arrives = '', ...options }) => {
    await using world = await startWorld(({ socket }) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n');
      socket.once('data', (data) => socket.write(`hello ${data.toString()}`));
    }, options);
    const client = await ask(world, 'GET', '/', 'Connection: Upgrade', 'Upgrade: x');
    await client.reads(/^HTTP\/1\.1 101 [^]*\r\n\r\n$/);
    client.write('world');
    await client.reads(/^hello world$/);
    const socket = world.target.requests[0]?.socket;
    expect(socket instanceof TLSSocket).toBe(options.tls !== undefined);
    expect(socket instanceof TLSSocket && socket.alpnProtocol).not.toBe('h2');
    expect(headOf(world)).toContain(arrives);
  });
});

/** Upstream's names, in its order. */
const upstream = {
  TestServeHTTP: [
    'root path, simple get',
    'no upgrade header sent',
    'simple path, get',
    'request params',
    'request headers',
    'empty path - slash should be added',
    'remove CORS headers',
    'use location host',
    'use location host - invalid upgrade',
    'append server path to request path',
    'append server path to request path with ending slash',
    "don't append server path to request path",
  ],
  TestProxyUpgrade: [
    'http',
    'both client and server support http2, but force to http/1.1 for upgrade',
    'https (invalid hostname + InsecureSkipVerify)',
    'https (valid hostname + RootCAs)',
    'https (valid hostname + RootCAs + custom dialer)',
    'https (valid hostname + RootCAs + custom dialer + bearer token)',
  ],
  TestDefaultProxyTransport: ['simple path', 'empty path', 'location ending in slash'],
};

it.each([
  ['TestServeHTTP', { ...served, ...otherwiseServed }],
  ['TestProxyUpgrade', upgraded],
  ['TestDefaultProxyTransport', {}],
] as const)('%s has each of upstream’s rows, or says why it has not', (test, tried) => {
  expect([...Object.keys(tried), ...Object.keys(notHere[test])].sort()).toEqual(
    [...upstream[test]].sort(),
  );
});
