import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { ok } from '../kit/testing/scripted-server.ts';
import { request, startWorld } from './testing/start-world.ts';

const echo = ({ head, socket }: { head: string; socket: { write(text: string): unknown } }) =>
  socket.write(ok(head));

describe('what the target sees', () => {
  it('is a request in the order and the words of Go, without who asks', async () => {
    await using world = await startWorld(echo);
    const client = await world.connect();
    client.write(
      request(
        'GET',
        `${world.prefix}/a/b?x=1&y=2&x=3`,
        'User-Agent: curl/7.88.1',
        'X-Custom: 1',
        'Cookie: a=b',
        'X-Forwarded-For: 203.0.113.9',
        'X-Forwarded-Host: evil.example',
        'X-Forwarded-Uri: /fake',
        'Authorization: Bearer secret',
        'X-Remote-User: root',
        'X-Remote-Group: system:masters',
        'X-Remote-Extra-Foo: bar',
        'Impersonate-User: root',
        'Impersonate-Extra-A: b',
        'Impersonate-Foo: x',
        'Connection: X-Hop, keep-alive',
        'X-Hop: gone',
        'Keep-Alive: 5',
        'Proxy-Authorization: Basic eDp5',
        'Te: trailers',
        'x-dup: 1',
        'X-Dup: 2',
      ),
    );
    await client.reads(/\r\n\r\n$/);
    expect(world.target.requests[0]?.head).toBe(
      [
        'GET /a/b?x=1&y=2&x=3 HTTP/1.1',
        'Host: proxy.example',
        'User-Agent: curl/7.88.1',
        'Cookie: a=b',
        'Impersonate-Foo: x',
        'Te: trailers',
        'X-Custom: 1',
        'X-Dup: 1',
        'X-Dup: 2',
        'X-Forwarded-For: 203.0.113.9, 127.0.0.1',
        'X-Forwarded-Host: evil.example',
        `X-Forwarded-Uri: ${world.prefix}/a/b`,
        'Accept-Encoding: gzip',
        '',
        '',
      ].join('\r\n'),
    );
  });

  it('is the same over HTTP/2, with its crumbs of cookies in one', async () => {
    await using world = await startWorld(echo);
    await using session = await world.connectHttp2();
    const stream = session.request({
      ':path': `${world.prefix}/a`,
      ':authority': 'proxy.example',
      'x-custom': '1',
      cookie: ['a=b', 'c=d'],
      authorization: 'Bearer secret',
    });
    await once(stream, 'response');
    expect(world.target.requests[0]?.head).toBe(
      [
        'GET /a HTTP/1.1',
        'Host: proxy.example',
        'Cookie: a=b; c=d',
        'X-Custom: 1',
        'X-Forwarded-For: 127.0.0.1',
        `X-Forwarded-Uri: ${world.prefix}/a`,
        'Accept-Encoding: gzip',
        '',
        '',
      ].join('\r\n'),
    );
  });

  it('is never the token that a WebSocket carries among its protocols', async () => {
    await using world = await startWorld(echo);
    const client = await world.connect();
    const token = 'base64url.bearer.authorization.k8s.io.c2VjcmV0';
    client.write(request('GET', `${world.prefix}/`, `Sec-WebSocket-Protocol: ${token}, chat`));
    await client.reads(/\r\n\r\n$/);
    expect(world.target.requests[0]?.head).toContain('Sec-Websocket-Protocol: chat\r\n');
  });

  it.each([
    ['GET /x?', 'GET /x HTTP/1.1'],
    [
      'GET /x?b=%2F%20+&c&=d&e=%zz&f=a;b&%C3%A9=1',
      'GET /x?b=%2F%20+&c&=d&e=%zz&f=a;b&%C3%A9=1 HTTP/1.1',
    ],
    ['POST ', 'POST / HTTP/1.1'],
    ['OPTIONS ', 'OPTIONS / HTTP/1.1'],
    ['GET //a/../b/./c%2Fd%20e/', 'GET /b/c/d%20e/ HTTP/1.1'],
    ['GET /../../x', 'GET /x HTTP/1.1'],
    ['GET /a%20b+c%C3%A9%25%3Fb%23c', 'GET /a%20b+c%C3%A9%25%3Fb%23c HTTP/1.1'],
  ])('of %j is %j', async (asked, line) => {
    await using world = await startWorld(echo);
    const client = await world.connect();
    const [method = '', path = ''] = asked.split(' ');
    client.write(request(method, world.prefix + path));
    await client.reads(/\r\n\r\n[^]/);
    expect(world.target.requests[0]?.head.split('\r\n', 1)[0]).toBe(line);
  });

  it.each([
    ['/logs/log.log', '/logs/log.log'],
    ['/', '/'],
    [
      '/logs/log.log%00%3Cscript%3Ealert(1)%3C/script%3E',
      '/logs/log.log%00%3Cscript%3Ealert%281%29%3C/script%3E',
    ],
  ])('is told that %j is asked for as such, escaped (TestProxyTransport)', async (asked, told) => {
    await using world = await startWorld(echo);
    const client = await world.connect();
    client.write(request('GET', world.prefix + asked));
    await client.reads(/\r\n\r\n[^]/);
    const head = world.target.requests[0]?.head ?? '';
    expect(head).toContain(`\r\nX-Forwarded-Uri: ${world.prefix}${told}\r\n`);
    expect(head).not.toMatch(/X-Forwarded-(?:Host|Proto)/);
  });

  it('is the host of a target in absolute form', async () => {
    await using world = await startWorld(echo);
    const client = await world.connect();
    client.write(request('GET', `http://other.example${world.prefix}/`));
    await client.reads(/\r\n\r\n[^]/);
    expect(world.target.requests[0]?.head).toContain('\r\nHost: other.example\r\n');
  });
});

describe('a body', () => {
  it('goes on as it comes, by its length', async () => {
    await using world = await startWorld(({ socket, head }) => {
      if (head.includes('Content-Length: 5')) socket.once('data', () => socket.write(ok('done')));
    });
    const client = await world.connect();
    client.write(request('GET', `${world.prefix}/`, 'Content-Length: 5'));
    while (world.target.requests.length === 0) await tick();
    client.write('hello');
    await client.reads(/done$/);
    expect(world.target.received[0]).toMatch(/\r\n\r\nhello$/);
  });

  it('goes on in chunks, with its trailers', async () => {
    await using world = await startWorld(() => undefined);
    const client = await world.connect();
    client.write(
      request('POST', `${world.prefix}/`, 'Transfer-Encoding: chunked', 'Trailer: X-Sum') +
        '5\r\nhello\r\n6;ext=1\r\n world\r\n0\r\nX-Sum: 1\r\nAuthorization: no\r\n\r\n',
    );
    while (world.target.received[0]?.endsWith('X-Sum: 1\r\n\r\n') !== true) await tick();
    const [head = '', body = ''] = world.target.received[0].split(/\r\n\r\n(.*)/s);
    expect(head).toContain('\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n');
    expect(head).not.toContain('Content-Length');
    expect(body).toBe('5\r\nhello\r\n6\r\n world\r\n0\r\nX-Sum: 1\r\n\r\n');
  });

  it('of unknown length over HTTP/2 goes on in chunks', async () => {
    await using world = await startWorld(() => undefined);
    await using session = await world.connectHttp2();
    const stream = session.request({ ':method': 'PUT', ':path': `${world.prefix}/` });
    stream.write('hello');
    while (!world.target.received[0]?.endsWith('hello\r\n')) await tick();
    stream.end();
    while (!world.target.received[0].endsWith('0\r\n\r\n')) await tick();
    expect(world.target.received[0]).toContain('Transfer-Encoding: chunked\r\n');
  });

  it('that nobody reads holds its client back, and takes no memory', async () => {
    await using world = await startWorld(({ socket }) => socket.pause());
    const client = await world.connect();
    const total = 64 << 20;
    client.write(request('POST', `${world.prefix}/`, `Content-Length: ${total}`));
    const chunk = Buffer.alloc(1 << 20);
    let written = 0;
    while (client.socket.write(chunk) || client.socket.writableLength < 4 * chunk.length) {
      written += chunk.length;
      if (written > total / 2) break;
      await tick();
    }
    expect(written).toBeLessThan(total / 2);
  });

  it('that its client breaks off ends at the target, too', async () => {
    await using world = await startWorld(() => undefined);
    const client = await world.connect();
    client.write(request('POST', `${world.prefix}/`, 'Content-Length: 100') + 'hello');
    while (!world.target.received[0]?.endsWith('hello')) await tick();
    client.socket.destroy();
    while (world.target.openConnections > 0 || world.serving > 0) await tick();
  });
});

describe('a request that can be read two ways', () => {
  const cases: Readonly<Record<string, readonly string[]>> = {
    'a length and chunks': ['Content-Length: 5', 'Transfer-Encoding: chunked'],
    'two equal lengths': ['Content-Length: 5', 'Content-Length: 5'],
    'two lengths': ['Content-Length: 5', 'Content-Length: 6'],
    'a length that is none': ['Content-Length: +5'],
    'an unknown coding': ['Transfer-Encoding: xchunked'],
    'two codings': ['Transfer-Encoding: gzip, chunked'],
    'chunks twice': ['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'],
    'a coding with a blank before its colon': ['Transfer-Encoding : chunked'],
    'a second host': ['Host: other.example'],
    'a folded value': ['X-A: 1\r\n 2'],
    'a folded coding': ['Transfer-Encoding:\r\n chunked'],
    'a bare line feed': ['X-A: 1\nX-B: 2'],
    'a bare carriage return': ['X-A: 1\rX-B: 2'],
    'a control character': ['X-A: 1\u0000'],
    'a name that is none': ['X A: 1'],
    'a host that is none': ['Host: a b'],
  };
  it.each(Object.entries(cases))('is refused: %s', async (_, headers) => {
    await using world = await startWorld(echo);
    const client = await world.connect();
    client.write(`${request('POST', `${world.prefix}/`, ...headers)}0\r\n\r\n`);
    await client.reads(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(world.target.requests).toEqual([]);
  });
});

describe('what only the proxy is asked', () => {
  it.each([
    ['TRACE', '/', 405, 'the server does not allow this method on the requested resource'],
    ['GET', '/?dryRun=All', 400, 'dryRun is not supported'],
    ['GET', '/?a=b&d%72yRun', 400, 'dryRun is not supported'],
  ])('%s %s is answered %d', async (method, path, status, message) => {
    await using world = await startWorld(echo);
    const client = await world.connect();
    client.write(request(method, world.prefix + path));
    const text = await client.reads(/\}$/);
    expect(text).toContain(`HTTP/1.1 ${status} `);
    expect(JSON.parse(text.split('\r\n\r\n')[1] ?? '')).toMatchObject({ message });
    expect(world.target.requests).toEqual([]);
  });

  it('lets an application have its own Authorization only where that is allowed', async () => {
    await using strict = await startWorld(echo);
    const refused = await strict.connect();
    const asked = ['Authorization: Bearer server', 'X-Hop-Authorization: Basic eDp5'];
    refused.write(request('GET', `${strict.prefix}/`, ...asked));
    await refused.reads(/400 Bad Request[^]*--allow-application-authorization/);

    await using world = await startWorld(echo, { allowsApplicationAuthorization: true });
    const client = await world.connect();
    client.write(request('GET', `${world.prefix}/`, ...asked));
    await client.reads(/\r\n\r\n[^]/);
    const head = world.target.requests[0]?.head ?? '';
    expect(head).toContain('\r\nAuthorization: Basic eDp5\r\n');
    expect(head).not.toMatch(/Bearer server|X-Hop/);
  });

  it('leaves an answer untouched, if asked so in the one known way', async () => {
    await using world = await startWorld(({ socket }) =>
      socket.write(
        'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nLocation: /a\r\nContent-Length: 0\r\n\r\n',
      ),
    );
    const client = await world.connect();
    client.write(request('GET', `${world.prefix}/`, 'X-Hop-Rewrite: none'));
    await client.reads(/\r\nLocation: \/a\r\n/);
    expect(world.target.requests[0]?.head).not.toContain('X-Hop');
    client.write(request('GET', `${world.prefix}/`, 'X-Hop-Rewrite: all'));
    await client.reads(/^HTTP\/1\.1 400 /);
  });
});

const tick = () => new Promise((resolve) => setImmediate(resolve));
