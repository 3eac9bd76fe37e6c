import { once } from 'node:events';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ok, type ScriptedRequest } from '../kit/testing/scripted-server.ts';
import { request, startWorld, type World } from './testing/start-world.ts';

const tick = () => new Promise((resolve) => setImmediate(resolve));
const answering =
  (...parts: (string | Buffer)[]) =>
  ({ socket }: ScriptedRequest) => {
    for (const part of parts) socket.write(part, 'latin1');
  };
const chunk = (text: string | Buffer) => [`${text.length.toString(16)}\r\n`, text, '\r\n'];

async function get(world: World, path = '/', ...headers: string[]) {
  const client = await world.connect();
  client.write(request('GET', world.prefix + path, ...headers));
  return client;
}

async function getHttp2(world: World, path = '/') {
  const session = await world.connectHttp2();
  const stream = session.request({ ':path': world.prefix + path });
  return { session, stream, [Symbol.asyncDispose]: () => session[Symbol.asyncDispose]() };
}

describe('an answer', () => {
  it('keeps its headers but those of other origins and of one connection', async () => {
    const head = [
      'HTTP/1.1 200 Fine',
      'Access-Control-Allow-Origin: *',
      'Access-Control-Allow-Methods: GET',
      'Access-Control-Allow-Headers: x',
      'Access-Control-Allow-Credentials: true',
      'Access-Control-Max-Age: 5',
      'Set-Cookie: a=b; Path=/',
      'Set-Cookie: c=d',
      'Cache-Control: max-age=60',
      'Audit-Id: the-target',
      'Connection: X-Hop',
      'X-Hop: 1',
      'Keep-Alive: timeout=77',
      'Proxy-Authenticate: Basic',
      'Date: Mon, 01 Jan 2024 00:00:00 GMT',
      'Content-Type: text/plain',
      'Content-Length: 3',
      '',
      'ok\n',
    ];
    await using world = await startWorld(answering(head.join('\r\n')));
    const client = await get(world);
    const text = await client.reads(/ok\n$/);
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(text).toContain('Set-Cookie: a=b; Path=/\r\nSet-Cookie: c=d\r\n');
    expect(text).toContain('Cache-Control: no-cache, private\r\nCache-Control: max-age=60\r\n');
    expect(text).toContain('Date: Mon, 01 Jan 2024 00:00:00 GMT\r\n');
    expect(text).toContain('Access-Control-Max-Age: 5\r\n');
    expect(text).not.toMatch(/Access-Control-Allow|X-Hop|timeout=77|Proxy-Auth|Audit-Id/);

    await using http2 = await getHttp2(world);
    const { stream } = http2;
    const [headers] = (await once(stream, 'response')) as [Record<string, unknown>];
    expect(headers).toMatchObject({
      ':status': 200,
      'set-cookie': ['a=b; Path=/', 'c=d'],
      'cache-control': 'no-cache, private, max-age=60',
      'content-length': '3',
    });
    expect(Object.keys(headers).join()).not.toMatch(/access-control-allow|x-hop|keep-alive/);
  });

  it('has its type guessed from its first bytes, where it states none', async () => {
    await using world = await startWorld(
      answering('HTTP/1.1 200 OK\r\nContent-Length: 19\r\n\r\n', '<html>sniff?</html>'),
    );
    const text = await (await get(world)).reads(/<\/html>$/);
    expect(text).toContain('Content-Type: text/html; charset=utf-8\r\n');
    expect(text).toContain('Content-Length: 19\r\n');
  });

  it('comes after the interim ones, which are skipped', async () => {
    await using world = await startWorld(
      answering('HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n', ok('late')),
    );
    const text = await (await get(world)).reads(/late$/);
    expect(text).toMatch(/^HTTP\/1\.1 200 OK/);
  });

  it.each([
    [
      'HEAD',
      'HTTP/1.1 200 OK\r\nContent-Length: 9\r\nContent-Type: a/b\r\n\r\n',
      /Content-Length: 9\r\n/,
    ],
    ['GET', 'HTTP/1.1 204 No Content\r\n\r\n', /^HTTP\/1\.1 204 No Content\r\n/],
    ['GET', 'HTTP/1.1 304 Not Modified\r\nETag: "x"\r\n\r\n', /ETag: "x"\r\n/],
  ])('to %s without a body ends with its head', async (method, answer, pattern) => {
    await using world = await startWorld(answering(answer));
    const client = await world.connect();
    client.write(request(method, `${world.prefix}/`));
    expect(await client.reads(/\r\n\r\n$/)).toMatch(pattern);
    client.write(request(method, `${world.prefix}/`));
    await client.reads(/\r\n\r\n$/);
    expect(world.target.requests.map(({ connection }) => connection)).toEqual([1, 1]);
  });

  it('flows piece by piece, its head at once', async () => {
    await using world = await startWorld(
      answering(
        'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n',
      ),
    );
    const client = await get(world);
    await using http2 = await getHttp2(world);
    const { stream } = http2;
    await client.reads(/\r\n\r\n/);
    await once(stream, 'response');
    const [first, second] = world.target.requests;
    for (const piece of ['data: 1\n\n', 'data: 2\n\n']) {
      first?.socket.write(chunk(piece).join(''));
      await client.reads(new RegExp(piece));
      second?.socket.write(chunk(piece).join(''));
      const [data] = (await once(stream, 'data')) as [Buffer];
      expect(String(data)).toBe(piece);
    }
  });

  it('has its trailers, over both versions', async () => {
    await using world = await startWorld(
      answering(
        'HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nTransfer-Encoding: chunked\r\n\r\n',
        '2\r\nok\r\n0\r\nX-Sum: 1\r\nX-More: 2\r\n\r\n',
      ),
    );
    await (await get(world)).reads(/2\r\nok\r\n0\r\nX-Sum: 1\r\nX-More: 2\r\n\r\n$/);
    await using http2 = await getHttp2(world);
    const { stream } = http2;
    stream.resume();
    const [trailers] = (await once(stream, 'trailers')) as [object];
    expect(trailers).toMatchObject({ 'x-sum': '1', 'x-more': '2' });
  });

  it('has each of its trailers, over both versions, whatever they are called', async () => {
    const twice = ['X-T: a', 'X-T: b', 'ETag: "1"', 'ETag: "2"', '__proto__: x', '', ''];
    await using world = await startWorld(
      answering(
        'HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nTransfer-Encoding: chunked\r\n\r\n',
        `2\r\nok\r\n0\r\n${twice.join('\r\n')}`,
      ),
    );
    const text = await (await get(world)).reads(/\r\n0\r\n[^]*\r\n\r\n$/);
    expect(text).toContain(`\r\n0\r\n${twice.join('\r\n')}`);
    await using http2 = await getHttp2(world);
    const { stream } = http2;
    stream.resume();
    const [trailers] = (await once(stream, 'trailers')) as [object];
    expect(Object.entries(trailers)).toEqual([
      ['x-t', 'a, b'],
      ['etag', '"1", "2"'],
      ['__proto__', 'x'],
    ]);
  });

  it('has its headers whatever they are called, over both versions', async () => {
    await using world = await startWorld(answering(ok('x', '__proto__: a', 'constructor: b')));
    const text = await (await get(world)).reads(/x$/);
    expect(text).toContain('\r\n__proto__: a\r\nconstructor: b\r\n');
    await using http2 = await getHttp2(world);
    const { stream } = http2;
    const [headers] = (await once(stream, 'response')) as [object];
    expect(Object.entries(headers)).toEqual(
      expect.arrayContaining([
        ['__proto__', 'a'],
        ['constructor', 'b'],
      ]),
    );
  });

  it('that ends with its connection is whole', async () => {
    await using world = await startWorld(({ socket }) =>
      socket.end('HTTP/1.0 200 OK\r\nContent-Type: a/b\r\n\r\nwhole'),
    );
    await (await get(world)).reads(/5\r\nwhole\r\n0\r\n\r\n$/);
  });

  it('that breaks off is seen to', async () => {
    await using world = await startWorld(({ socket }) =>
      socket.end('HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nContent-Length: 100\r\n\r\npartial'),
    );
    const client = await get(world);
    await client.reads(/partial$/);
    await client.ended();

    await using http2 = await getHttp2(world);
    const { session, stream } = http2;
    stream.resume();
    const [error] = (await once(stream, 'error')) as [Error];
    expect(error.message).toContain('NGHTTP2_INTERNAL_ERROR');
    expect(session.closed).toBe(false);
  });

  it('that nobody reads any more ends at the target', async () => {
    await using world = await startWorld(
      answering('HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nTransfer-Encoding: chunked\r\n\r\n'),
    );
    const client = await get(world);
    await using http2 = await getHttp2(world);
    const { stream } = http2;
    await client.reads(/\r\n\r\n/);
    await once(stream, 'response');
    client.socket.destroy();
    stream.close(8);
    while (world.target.openConnections > 0 || world.serving > 0) await tick();
  });

  it('that its client does not read waits at the target', async () => {
    const total = 64 << 20;
    let sent = 0;
    await using world = await startWorld(({ socket }) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nContent-Length: ${total}\r\n\r\n`);
      const piece = Buffer.alloc(1 << 16);
      const more = () => {
        while (sent < total) {
          // What has to wait is written all the same.
          sent += piece.length;
          if (!socket.write(piece)) return;
        }
      };
      socket.on('drain', more);
      more();
    });
    const client = await get(world);
    await client.reads(/\r\n\r\n/);
    client.socket.pause();
    let before = -1;
    while (before !== sent) {
      before = sent;
      for (let turn = 0; turn < 200; turn++) await tick();
    }
    expect(sent).toBeLessThan(total / 2);
    client.socket.resume();
    while (sent < total) await tick();
  });
});

describe('a page', () => {
  const page = '<a href="/x">x</a>';
  const rewritten = (world: World) => `<a href="${world.prefix}/x">x</a>`;

  it('has its links lead through the proxy, as it comes', async () => {
    await using world = await startWorld(
      answering(
        'HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n',
        ...chunk(page),
      ),
    );
    const client = await get(world);
    const text = await client.reads(/<\/a>/);
    expect(text).toContain(rewritten(world));
    expect(text).not.toContain('Content-Length');
    world.target.requests[0]?.socket.write('0\r\n\r\n');
    await client.reads(/0\r\n\r\n$/);
  });

  it('stays compressed for whom it was compressed', async () => {
    const body = gzipSync(page);
    await using world = await startWorld(
      answering(
        `HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\nContent-Length: ${body.length}\r\n\r\n`,
        body,
      ),
    );
    await using session = await world.connectHttp2();
    const stream = session.request({ ':path': `${world.prefix}/`, 'accept-encoding': 'gzip' });
    const pieces: Buffer[] = [];
    for await (const piece of stream) pieces.push(piece as Buffer);
    expect(gunzipSync(Buffer.concat(pieces)).toString()).toBe(rewritten(world));

    const plain = await get(world);
    const text = await plain.reads(/0\r\n\r\n$/);
    expect(text).toContain(rewritten(world));
    expect(text).not.toContain('Content-Encoding');
  });

  it('in an encoding that nobody knows passes as it is', async () => {
    await using world = await startWorld(
      answering(
        'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: br\r\nContent-Length: 18\r\n\r\n',
        page,
      ),
    );
    const text = await (await get(world)).reads(/<\/a>$/);
    expect(text).toContain(page);
    expect(text).toContain('Content-Length: 18\r\n');
  });

  it('to HEAD states no length', async () => {
    await using world = await startWorld(
      answering('HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 18\r\n\r\n'),
    );
    const client = await world.connect();
    client.write(request('HEAD', `${world.prefix}/`));
    expect(await client.reads(/\r\n\r\n$/)).not.toContain('Content-Length');
  });
});

describe('gzip that only the proxy asked for', () => {
  it('is taken off', async () => {
    const body = gzipSync('plain text');
    await using world = await startWorld(
      answering(
        `HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nContent-Encoding: gzip\r\nContent-Length: ${body.length}\r\n\r\n`,
        body,
      ),
    );
    const text = await (await get(world)).reads(/0\r\n\r\n$/);
    expect(text).toContain('plain text');
    expect(text).not.toMatch(/Content-Encoding|Content-Length/);
    const asked = await get(world, '/', 'Accept-Encoding: gzip');
    expect(await asked.reads(/\r\n\r\n[^]/)).toContain('Content-Encoding: gzip');
  });
});

describe('a redirect', () => {
  it('leads through the proxy, with its body untouched', async () => {
    await using world = await startWorld(
      answering(
        'HTTP/1.1 302 Found\r\nLocation: /target?a=1\r\nContent-Type: text/html\r\nContent-Length: 18\r\n\r\n',
        '<a href="/x">x</a>',
      ),
    );
    const text = await (await get(world)).reads(/<\/a>$/);
    expect(text).toContain(`Location: ${world.prefix}/target?a=1\r\n`);
    expect(text).toContain('<a href="/x">');
  });

  it('to what is no URL is an error of the proxy', async () => {
    await using world = await startWorld(
      answering('HTTP/1.1 302 Found\r\nLocation: http://%5bbad/\r\nContent-Length: 0\r\n\r\n'),
    );
    const text = await (await get(world)).reads(/\}$/);
    expect(text).toContain('HTTP/1.1 500 ');
    expect(text).toContain('error trying to parse Location header');
  });

  it('is made where only the slash behind the name is missing', async () => {
    await using world = await startWorld(answering(ok('x')));
    const client = await get(world, '?x=1&y=2');
    const text = await client.reads(/\r\n\r\n$/);
    expect(text).toMatch(/^HTTP\/1\.1 301 Moved Permanently\r\n/);
    expect(text).toContain(`Location: ${world.prefix}/?x=1&y=2\r\n`);
    expect(text).toContain('Content-Length: 0\r\n');
    expect(world.target.requests).toEqual([]);
  });
});

describe('a target that cannot be understood', () => {
  const cases: Readonly<Record<string, readonly [(request: ScriptedRequest) => unknown, string]>> =
    {
      'closes without an answer': [({ socket }) => socket.end(), 'EOF'],
      'says something else': [
        answering('NOT HTTP AT ALL\r\n\r\n'),
        'net/http: HTTP/1.x transport connection broken: malformed HTTP status code \\"HTTP\\"',
      ],
      'breaks off its head': [
        ({ socket }) => socket.end('HTTP/1.1 200 OK\r\nX'),
        'net/http: HTTP/1.x transport connection broken: unexpected EOF',
      ],
      'states two lengths': [
        answering('HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n'),
        'net/http: HTTP/1.x transport connection broken: bad Content-Length \\"2\\"',
      ],
      'resets the connection': [
        ({ socket }) => socket.resetAndDestroy(),
        'read tcp 127.0.0.1:\\d+->127.0.0.1:\\d+: read: connection reset by peer',
      ],
    };
  it.each(Object.entries(cases))('%s', async (_, [answer, cause]) => {
    await using world = await startWorld(answer);
    const text = await (await get(world)).reads(/\}$/);
    expect(text).toContain('HTTP/1.1 503 Service Unavailable\r\n');
    const { message } = JSON.parse(text.split('\r\n\r\n')[1] ?? '') as { message: string };
    expect(message).toMatch(
      new RegExp(`^error trying to reach service: ${cause.replaceAll('\\"', '"')}$`),
    );
    expect(text).toContain('"reason":"ServiceUnavailable"');
  });

  it('is not there', async () => {
    await using world = await startWorld(answering(ok('x')));
    await world.target[Symbol.asyncDispose]();
    const text = await (await get(world)).reads(/\}$/);
    expect(text).toContain(
      `error trying to reach service: dial tcp 127.0.0.1:${world.target.port}: connect: connection refused`,
    );
  });
});

describe('a connection that waited and died', () => {
  it('is replaced for what can be repeated, and for nothing else', async () => {
    await using world = await startWorld(({ head, socket }) => {
      if (head.includes('/warm')) socket.write(ok('warm'));
      else socket.destroy();
    });
    const client = await get(world, '/warm');
    await client.reads(/warm$/);
    client.write(request('GET', `${world.prefix}/gone`));
    await client.reads(/503 Service Unavailable[^]*EOF/);
    expect(world.target.requests.map(({ connection }) => connection)).toEqual([1, 1, 2]);

    client.write(request('GET', `${world.prefix}/warm`));
    await client.reads(/warm$/);
    client.write(`${request('POST', `${world.prefix}/gone`, 'Content-Length: 2')}{}`);
    await client.reads(/503 Service Unavailable/);
    expect(world.target.requests.map(({ connection }) => connection)).toEqual([1, 1, 2, 3, 3]);
  });
});
