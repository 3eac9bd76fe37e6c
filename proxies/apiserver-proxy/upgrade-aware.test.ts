/** The tables of upstream's `upgradeaware_test.go`, by the names of its tests (specification 2.8). */
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createAuthority } from '../kit/pki/authority.ts';
import { ok, type ScriptedRequest } from '../kit/testing/scripted-server.ts';
import { request, startWorld, type World } from './testing/start-world.ts';

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

const serving = createAuthority().then((authority) => authority.issueServer(['target']));
const headOf = (world: World) => world.target.requests[0]?.head ?? '';

describe('TestServeHTTP', () => {
  it.each([
    ['root path, simple test', 'GET', '/', '/'],
    ['no upgrade header sent, path', 'GET', '/path/to/test', '/path/to/test'],
    [
      'request with params, trailing slash',
      'GET',
      '/some/path/?param1=value%2F1&param2=value%252',
      '/some/path/?param1=value%2F1&param2=value%252',
    ],
    ['empty path should be / at the backend', 'DELETE', '', '/'],
  ])('%s', async (_, method, path, expected) => {
    await using world = await startWorld(say(ok('x')));
    await (await ask(world, method, path)).reads(/x$/);
    expect(headOf(world).split(' ', 2)).toEqual([method, expected]);
  });

  it('accept headers: headers arrive', async () => {
    await using world = await startWorld(say(ok('x')));
    const lines = ['Header1: value1', 'Header2: value2'];
    await (await ask(world, 'PUT', '/path', ...lines)).reads(/x$/);
    for (const line of lines) expect(headOf(world)).toContain(`\r\n${line}\r\n`);
  });

  it('CORS headers are removed', async () => {
    const cors = ['Access-Control-Allow-Origin: a', 'Access-Control-Allow-Methods: b'];
    await using world = await startWorld(say(ok('x', 'Header1: value1', ...cors)));
    const text = await (await ask(world, 'GET', '/')).reads(/x$/);
    expect(text).toContain('Header1: value1');
    expect(text).not.toContain('Access-Control');
  });

  it('upgrade header, backend answers 200', async () => {
    await using world = await startWorld(say(ok('x')));
    const client = await ask(world, 'GET', '/', 'Connection: Upgrade', 'Upgrade: SPDY/3.1');
    await client.reads(/invalid upgrade response: status code 200/);
  });
});

describe('TestRejectForwardingRedirectsOption', () => {
  const refused = 'the backend attempted to redirect this request, which is not permitted';
  it.each([
    [true, '200 OK\r\nContent-Length: 4\r\n\r\nbody', 200, 'body'],
    [true, '301 X\r\nLocation: /a\r\nContent-Length: 4\r\n\r\nbody', 502, refused],
    [true, '304 X\r\nLocation: /a\r\n\r\n', 502, refused],
    [true, '304 X\r\n\r\n', 304, ''],
    [false, '200 OK\r\nContent-Length: 4\r\n\r\nbody', 200, 'body'],
    [false, '301 X\r\nLocation: /a\r\nContent-Length: 4\r\n\r\nbody', 301, 'body'],
  ])('reject %s, backend %j: %d', async (rejectsRedirects, answer, status, body) => {
    const { certificatePem: cert, keyPem: key } = await serving;
    await using world = await startWorld(say(`HTTP/1.1 ${answer}`), {
      tls: { cert, key },
      forwards: { rejectsRedirects },
    });
    const client = await ask(world, 'GET', '/');
    const text = await client.reads(body === '' ? /\r\n\r\n$/ : new RegExp(body));
    expect(text).toContain(`HTTP/1.1 ${status} `);
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
    ['GET', 301],
    ['HEAD', 301],
    ['PUT', 200],
    ['DELETE', 200],
  ])('%s', async (method, status) => {
    await using world = await startWorld(say(ok('x')));
    const text = await (await ask(world, method, '')).reads(/\r\n\r\n/);
    expect(text).toContain(`HTTP/1.1 ${status} `);
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

describe('TestProxyUpgrade', () => {
  it('echoes over http', async () => {
    await using world = await startWorld(({ socket }) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n');
      socket.once('data', (data) => socket.write(`hello ${data.toString()}`));
    });
    const client = await ask(world, 'GET', '/', 'Connection: Upgrade', 'Upgrade: x');
    await client.reads(/\r\n\r\n$/);
    client.write('world');
    await client.reads(/^hello world$/);
  });
});
