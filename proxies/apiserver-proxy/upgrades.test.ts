import { describe, expect, it } from 'vitest';
import { ok, type ScriptedRequest } from '../kit/testing/scripted-server.ts';
import type { RawClient } from '../kit/testing/raw-client.ts';
import { request, startWorld, type World } from './testing/start-world.ts';

const tick = () => new Promise((resolve) => setImmediate(resolve));
const switching =
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: foo/1\r\nConnection: Upgrade\r\nX-Backend: b\r\n\r\n';
const accept = ({ socket }: ScriptedRequest) => socket.write(`${switching}HELLO\n`);

async function upgrade(
  world: World,
  lines = ['Connection: Upgrade', 'Upgrade: foo/1'],
  path = '/ws',
) {
  const client = await world.connect();
  client.write(request('GET', world.prefix + path, ...lines));
  return client;
}

/** Everything the target got behind the head. */
const behindHead = (world: World) => world.target.received[0]?.split(/\r\n\r\n(.*)/s)[1] ?? '';
const messageOf = async (client: RawClient) => {
  const text = await client.reads(/\}$/);
  return JSON.parse(text.split('\r\n\r\n')[1] ?? '') as unknown;
};

describe('an upgrade', () => {
  it.each([
    ['GET', ['Connection: Upgrade', 'Upgrade: websocket']],
    ['GET', ['Connection: keep-alive, Upgrade', 'Upgrade: websocket']],
    ['GET', ['Connection: upgrade', 'Upgrade: SPDY/3.1']],
    ['POST', ['Connection: Upgrade', 'Upgrade: foo/1']],
    ['PUT', ['Connection: Upgrade', 'Upgrade: foo/1']],
  ])('by %s with %j passes bytes both ways', async (method, lines) => {
    await using world = await startWorld(accept);
    const client = await world.connect();
    client.write(request(method, `${world.prefix}/ws?a=1`, ...lines));
    expect(await client.reads(/HELLO\n$/)).toBe(`${switching}HELLO\n`);
    client.write('\x01\x02raw\n');
    while (behindHead(world) !== '\x01\x02raw\n') await tick();
    world.target.requests[0]?.socket.write('back');
    await client.reads(/^back$/);
    expect(world.target.requests[0]?.head).toContain(`${method} /ws?a=1 HTTP/1.1\r\n`);
  });

  it('is asked for with its own headers, and without who asks', async () => {
    await using world = await startWorld(accept);
    const client = await upgrade(world, [
      'Connection: keep-alive, Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Protocol: base64url.bearer.authorization.k8s.io.YWRt, chat',
      'Authorization: Bearer secret',
      'X-Remote-User: root',
      'Origin: https://o.example',
      'Cookie: a=b',
    ]);
    await client.reads(/HELLO/);
    expect(world.target.requests[0]?.head).toBe(
      [
        'GET /ws HTTP/1.1',
        'Host: proxy.example',
        'Connection: Upgrade',
        'Cookie: a=b',
        'Origin: https://o.example',
        'Sec-Websocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
        'Sec-Websocket-Protocol: chat',
        'Upgrade: websocket',
        'X-Forwarded-For: 127.0.0.1',
        '',
        '',
      ].join('\r\n'),
    );
  });

  it('brings early bytes only to a target that speaks the new protocol', async () => {
    await using world = await startWorld(() => undefined);
    const client = await world.connect();
    client.write(
      `${request('GET', `${world.prefix}/`, 'Connection: Upgrade', 'Upgrade: foo/1')}early`,
    );
    while (world.target.requests.length === 0) await tick();
    client.socket.write(' and late');
    for (let turn = 0; turn < 20; turn++) await tick();
    expect(behindHead(world)).toBe('');
    world.target.requests[0]?.socket.write(`${switching}first`);
    await client.reads(/first$/);
    while (behindHead(world) !== 'early and late') await tick();
  });

  it('has the body that it states', async () => {
    await using world = await startWorld(() => undefined);
    const client = await world.connect();
    const lines = ['Connection: Upgrade', 'Upgrade: foo/1', 'Content-Length: 4'];
    client.write(`${request('POST', `${world.prefix}/`, ...lines)}bodyEARLY`);
    while (behindHead(world) !== 'body') await tick();
    world.target.requests[0]?.socket.write(switching);
    while (behindHead(world) !== 'bodyEARLY') await tick();
  });

  it('ends one way at a time', async () => {
    await using world = await startWorld(accept);
    const client = await upgrade(world);
    await client.reads(/HELLO/);
    client.socket.end('last words');
    while (!behindHead(world).endsWith('last words')) await tick();
    while (world.target.openConnections > 0) await tick();
    world.target.requests[0]?.socket.end('the same to you');
    await client.reads(/the same to you$/);
    await client.ended();
  });

  it.each(['the client', 'the target'])('ends with %s', async (side) => {
    await using world = await startWorld(accept);
    const client = await upgrade(world);
    await client.reads(/HELLO/);
    const socket = world.target.requests[0]?.socket;
    (side === 'the client' ? client.socket : socket)?.destroy();
    while (world.target.openConnections > 0) await tick();
    await client.ended();
  });

  it.each(['the client', 'the target'])(
    'holds back who writes to %s that does not read',
    async (side) => {
      await using world = await startWorld(accept);
      const client = await upgrade(world);
      await client.reads(/HELLO/);
      const target = world.target.requests[0]?.socket;
      const [reader, writer] =
        side === 'the client' ? [client.socket, target] : [target, client.socket];
      reader?.pause();
      const piece = Buffer.alloc(1 << 16);
      let sent = 0;
      while (sent < 64 << 20 && (writer?.writableLength ?? 0) < 4 * piece.length) {
        writer?.write(piece);
        sent += piece.length;
        await tick();
      }
      expect(sent).toBeLessThan(32 << 20);
    },
  );
});

describe('an upgrade that the target does not make', () => {
  it.each([
    [400, 'some data'],
    [403, 'backend says no upgrade\n'],
    [500, 'some data'],
  ])(
    'is passed on raw, and is the last on its connection: TestProxyUpgradeErrorResponseTerminates, code=%d',
    async (status, body) => {
      await using world = await startWorld(({ socket }) =>
        socket.write(
          `HTTP/1.1 ${status} Own Words\r\nX-Backend: b\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
        ),
      );
      const client = await world.connect();
      const asked = request('GET', `${world.prefix}/`, 'Connection: Upgrade', 'Upgrade: foo/1');
      client.write(asked + request('GET', `${world.prefix}/second`));
      await client.ended();
      expect(client.text).toBe(
        `HTTP/1.1 ${status} Own Words\r\nX-Backend: b\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      );
      expect(world.target.requests).toHaveLength(1);
      expect(behindHead(world)).toBe('');
    },
  );

  it.each([200, 300, 302, 307])(
    'is an error: TestProxyUpgradeErrorResponse, code=%d',
    async (status) => {
      await using world = await startWorld(({ socket }) =>
        socket.write(`HTTP/1.1 ${status} X\r\nLocation: /a\r\nContent-Length: 0\r\n\r\n`),
      );
      expect(await messageOf(await upgrade(world))).toEqual({
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Failure',
        message: `invalid upgrade response: status code ${status}`,
        code: 500,
      });
    },
  );

  it('is an error also where the client names no protocol', async () => {
    await using world = await startWorld(({ socket }) => socket.write(ok('x')));
    const client = await upgrade(world, ['Connection: Upgrade'], '');
    expect(await messageOf(client)).toMatchObject({
      message: 'invalid upgrade response: status code 200',
    });
    expect(world.target.requests[0]?.head).toContain('GET / HTTP/1.1\r\n');
  });

  it('is an error after its body, where the client names no protocol', async () => {
    await using world = await startWorld(({ socket }) => {
      socket.once('data', (data) => socket.write(ok(data.toString())));
    });
    const client = await world.connect();
    client.write(request('POST', `${world.prefix}/`, 'Connection: Upgrade', 'Content-Length: 4'));
    while (world.target.requests.length === 0) await tick();
    client.socket.write('body');
    expect(await messageOf(client)).toMatchObject({
      message: 'invalid upgrade response: status code 200',
    });
    expect(behindHead(world)).toBe('body');
  });

  it('because it closes is an error: TestProxyUpgradeConnectionErrorResponse', async () => {
    await using world = await startWorld(({ socket }) => socket.end());
    expect(await messageOf(await upgrade(world))).toMatchObject({ message: 'unexpected EOF' });
  });

  it('because it is not there is an error', async () => {
    await using world = await startWorld(accept);
    await world.target[Symbol.asyncDispose]();
    expect(await messageOf(await upgrade(world))).toMatchObject({
      message: `error dialing backend: dial tcp 127.0.0.1:${world.target.port}: connect: connection refused`,
      code: 500,
    });
  });

  it('because an earlier request has no answer yet ends the connection, with all that is under way', async () => {
    await using world = await startWorld(({ socket, head }) => {
      if (head.startsWith('GET /early')) socket.write('HTTP/1.1 200 OK\r\n\r\nbegun');
      else socket.write(switching);
    });
    const client = await world.connect();
    const early = ['/early-1', '/early-2'].map((path) => request('GET', world.prefix + path));
    client.write(early.join(''));
    await client.reads(/begun/);
    while (world.target.openConnections < 2) await tick();
    client.socket.write(
      request('GET', `${world.prefix}/ws`, 'Connection: Upgrade', 'Upgrade: foo/1'),
    );
    await client.ended();
    while (world.serving > 0 || world.target.openConnections > 0) await tick();
    expect(world.target.requests).toHaveLength(2);
  });

  it('in time for the client is forgotten with it', async () => {
    await using world = await startWorld(() => undefined);
    const client = await upgrade(world);
    while (world.target.requests.length === 0) await tick();
    client.socket.resetAndDestroy();
    while (world.target.openConnections > 0 || world.serving > 0) await tick();
  });
});

describe('hops', () => {
  it('are two for each request: who asked, and where it went', async () => {
    await using world = await startWorld(({ socket }) => socket.write(ok('x')), { listens: true });
    const client = await world.connect();
    const secrets = ['Authorization: Bearer secret', 'Cookie: secret=1'];
    client.write(request('GET', `${world.prefix}/a?token=secret`, ...secrets));
    await client.reads(/x$/);
    expect(world.hops).toMatchObject([
      {
        request: 'request-1',
        from: { station: 'client' },
        to: { station: 'apiserver-proxy' },
        decision: {
          key: 'apiserver-proxy.admitted',
          values: { user: 'jane', verb: 'get', resource: 'pods/proxy' },
        },
        status: null,
      },
      {
        request: 'request-1',
        from: { station: 'apiserver-proxy' },
        to: { station: 'pod', address: `127.0.0.1:${world.target.port}` },
        target: '/a?token=‹redacted›',
        decision: { key: 'apiserver-proxy.pod' },
        headers: {
          added: [
            { name: 'X-Forwarded-For', to: '127.0.0.1' },
            { name: 'X-Forwarded-Uri' },
            { name: 'Accept-Encoding', to: 'gzip' },
          ],
          removed: [{ name: 'Authorization', from: 'Bearer ‹redacted›' }],
        },
        status: 200,
      },
    ]);
    expect(JSON.stringify(world.hops)).not.toContain('secret=1');
  });

  it('tell of upgrades, of targets that are not there, and of requests that nobody was asked', async () => {
    await using world = await startWorld(accept, { listens: true });
    await (await upgrade(world)).reads(/HELLO/);
    await messageOf(await upgrade(world, [], '/?dryRun=All'));
    await world.target[Symbol.asyncDispose]();
    await messageOf(await upgrade(world, []));
    expect(world.hops.map(({ decision, status }) => [decision.key, status])).toEqual([
      ['apiserver-proxy.admitted', null],
      ['apiserver-proxy.pod', 101],
      ['apiserver-proxy.refused', 400],
      ['apiserver-proxy.admitted', null],
      ['apiserver-proxy.failed', null],
    ]);
  });
});
