import { describe, expect, it } from 'vitest';
import { createAuthority } from '../kit/pki/authority.ts';
import { ok, type ScriptedRequest } from '../kit/testing/scripted-server.ts';
import { request, startWorld, type World, type WorldOptions } from './testing/start-world.ts';

const tick = () => new Promise((resolve) => setImmediate(resolve));
const switching = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n';
const asking = ['Connection: Upgrade', 'Upgrade: x'];

const authority = await createAuthority('aggregated');
const { certificatePem: cert, keyPem: key } = await authority.issueServer(['widgets.shop.svc']);
const serverName = 'widgets.shop.svc';
const verified = { serverName, authority: authority.certificatePem, isUnverified: false };

/** In front of an aggregated API server. */
async function forwarding(
  answer: (request: ScriptedRequest) => unknown,
  forwards: WorldOptions['forwards'] = {},
): Promise<World> {
  return startWorld(answer, { tls: { cert, key }, forwards: { tls: verified, ...forwards } });
}

async function ask(world: World, method: string, body: string, ...headers: string[]) {
  const client = await world.connect();
  client.write(request(method, `${world.prefix}/a?b=%2f`, ...headers) + body);
  return client;
}

const headOf = (world: World) => world.target.requests[0]?.head ?? '';
const behindHead = (world: World) => world.target.received[0]?.split(/\r\n\r\n(.*)/s)[1] ?? '';

describe('a request that is forwarded', () => {
  it('names the target, and the headers that are ours', async () => {
    const headers = { 'X-Remote-User': ['jane'], 'X-Remote-Group': ['a', 'b'], 'Audit-Id': ['1'] };
    await using world = await forwarding(({ socket }) => socket.write(ok('fine')), { headers });
    const forged = ['X-Remote-User: root', 'Authorization: Bearer secret', 'Audit-ID: 2'];
    await (await ask(world, 'GET', '', ...forged)).reads(/fine$/);
    expect(headOf(world)).toBe(
      [
        'GET /a?b=%2f HTTP/1.1',
        `Host: 127.0.0.1:${world.target.port}`,
        'Audit-Id: 1',
        'X-Forwarded-For: 127.0.0.1',
        'X-Remote-Group: a',
        'X-Remote-Group: b',
        'X-Remote-User: jane',
        'Accept-Encoding: gzip',
        '',
        '',
      ].join('\r\n'),
    );
  });

  it('gets its answer as it is', async () => {
    const page = '<a href="/a">';
    const lines = [`Content-Length: ${page.length}`, 'Content-Type: text/html', 'Location: /b'];
    await using world = await forwarding(({ socket }) =>
      socket.write(`HTTP/1.1 201 Created\r\n${lines.join('\r\n')}\r\n\r\n${page}`),
    );
    const text = await (await ask(world, 'GET', '')).reads(/">$/);
    expect(text).toContain('\r\nLocation: /b\r\n');
    expect(text).toContain(`\r\n\r\n${page}`);
  });

  it('goes to nobody whose name is another', async () => {
    const tls = { ...verified, serverName: 'others.shop.svc' };
    await using world = await forwarding(({ socket }) => socket.write(ok('x')), { tls });
    await (
      await ask(world, 'GET', '')
    ).reads(/x509: certificate is valid for widgets\.shop\.svc, not others\.shop\.svc/);
  });

  it('is upgraded', async () => {
    await using world = await forwarding(
      ({ socket }) => {
        socket.write(switching);
        socket.once('data', (data) => socket.write(`hello ${data.toString()}`));
      },
      { headers: { 'X-Remote-User': ['jane'] } },
    );
    const client = await ask(world, 'GET', '', ...asking, 'X-Remote-User: root');
    expect(await client.reads(/\r\n\r\n$/)).toBe(switching);
    client.write('world');
    await client.reads(/^hello world$/);
    expect(headOf(world)).toBe(
      [
        'GET /a?b=%2f HTTP/1.1',
        `Host: 127.0.0.1:${world.target.port}`,
        'Connection: Upgrade',
        'Upgrade: x',
        'X-Forwarded-For: 127.0.0.1',
        'X-Remote-User: jane',
        '',
        '',
      ].join('\r\n'),
    );
  });
});

describe('an upgrade with a body', () => {
  const chunked = '4\r\nbody\r\n0\r\n\r\n';

  it.each([
    ['whose length is stated', 'Content-Length: 4', 'body'],
    ['in chunks', 'Transfer-Encoding: chunked', chunked],
  ])('%s sends it before the new protocol', async (_, framing, body) => {
    await using world = await forwarding(({ socket }) => {
      setImmediate(() => socket.write(switching));
    });
    const client = await ask(world, 'POST', `${body}early`, ...asking, framing);
    await client.reads(/\r\n\r\n$/);
    client.socket.write(' and late');
    while (!behindHead(world).endsWith('late')) await tick();
    expect(behindHead(world)).toBe(`${body}early and late`);
    expect(headOf(world)).toContain(`\r\n${framing}\r\n`);
  });

  it('that is none is refused', async () => {
    await using world = await forwarding(() => undefined);
    const client = await ask(world, 'POST', 'zz\r\n', ...asking, 'Transfer-Encoding: chunked');
    await client.reads(/^HTTP\/1\.1 400 [^]*invalid byte in chunk length[^]*\}$/);
  });
});

describe('a protocol that nobody asked for', () => {
  it('is an error', async () => {
    await using world = await startWorld(({ socket }) => socket.write(switching));
    await (
      await ask(world, 'GET', '')
    ).reads(
      /error trying to reach service: backend tried to switch protocol \\"x\\" when \\"\\" was requested/,
    );
  });

  it('is an error where the client’s connection cannot become it', async () => {
    await using world = await startWorld(({ socket }) => socket.write(switching));
    await (
      await ask(world, 'GET', '', 'Connection: Upgrade')
    ).reads(/^HTTP\/1\.1 500 [^]*"message":"request connection cannot be hijacked","code":500\}$/);
  });
});
