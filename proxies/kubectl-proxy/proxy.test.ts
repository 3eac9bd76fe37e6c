import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { hopSchema, type Hop } from '../kit/hop.ts';
import { startKubectlProxy, type KubectlProxyOptions } from './proxy.ts';
import { RawClient } from '../kit/testing/raw-client.ts';
import { ok, type ScriptedRequest } from '../kit/testing/scripted-server.ts';
import { startScriptedUpstream } from './scripted-upstream.ts';

const get = (path = '/api', ...headers: string[]) =>
  [`GET ${path} HTTP/1.1`, 'Host: localhost', 'User-Agent: t', ...headers, '', ''].join('\r\n');

describe('connections', () => {
  it('are used again, and pipelined requests are answered in order', async () => {
    await using world = await start(({ head, socket }) => socket.write(ok(target(head))));
    const client = await world.connect();
    client.write(get('/1') + get('/2') + get('/3'));
    await client.reads(/\/1[^]*\/2[^]*\/3$/);
    expect(world.requests.map(({ connection }) => connection)).toEqual([1, 1, 1]);
  });

  it('that died while they waited are replaced for a GET, but not for a POST', async () => {
    await using world = await start(({ head, socket }) => {
      if (head.includes('/warm')) socket.write(ok('warm'));
      else socket.destroy();
    });
    const client = await world.connect();
    client.write(get('/warm'));
    await client.reads(/warm$/);
    client.write(get('/gone'));
    await client.reads(/500 Internal Server Error[^]*EOF\n$/);
    expect(world.requests.map(({ connection }) => connection)).toEqual([1, 1, 2]);

    client.write(get('/warm'));
    await client.reads(/warm$/);
    client.write('POST /gone HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}');
    await client.reads(/500 Internal Server Error[^]*\n$/);
    expect(world.requests.map(({ connection }) => connection)).toEqual([1, 1, 2, 3, 3]);
  });

  it('that speak out of turn are thrown away', async () => {
    await using world = await start(({ socket }) => socket.write(`${ok('a')}surplus`));
    const client = await world.connect();
    client.write(get());
    await client.reads(/a$/);
    client.write(get());
    await client.reads(/a$/);
    expect(world.requests.map(({ connection }) => connection)).toEqual([1, 2]);
    expect(world.log.some((line) => line.includes('starting with "surplus"'))).toBe(true);
  });
});

describe('an answer', () => {
  it('reaches the client the same however the upstream cuts it', async () => {
    const answers = [
      ok('hello'),
      'HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x\r\n world\r\n0\r\nX-T: 1\r\n\r\n',
      'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 404 Nope\r\nContent-Type: a/b\r\nContent-Length: 2\r\n\r\nno',
    ];
    let pieces: readonly string[] = [];
    await using world = await start(async ({ socket }) => {
      for (const piece of pieces) {
        await new Promise((resolve) => socket.write(piece, 'latin1', resolve));
        await new Promise(setImmediate);
      }
    });
    const client = await world.connect();
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...answers),
        fc.array(fc.nat(150), { maxLength: 8 }),
        async (answer, cuts) => {
          pieces = cut(answer, cuts);
          client.write(get());
          const text = await client.reads(/(hello|0\r\nX-T: 1\r\n\r\n|no)$/, isWhole);
          expect(unchunked(text)).toBe(unchunked(answer));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('without a content type gets the one its bytes have', async () => {
    await using world = await start(({ socket }) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n');
      setImmediate(() => socket.write('<html>'));
    });
    const client = await world.connect();
    client.write(get());
    expect(await client.reads(/<html>$/)).toContain('Content-Type: text/html; charset=utf-8\r\n');
  });

  it('in gzip that nobody asked for but the proxy arrives decoded, as it comes', async () => {
    const packed = gzipSync('x'.repeat(100_000));
    await using world = await start(({ socket }) => {
      socket.write(
        `HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nContent-Encoding: gzip\r\nContent-Length: ${packed.length}\r\n\r\n`,
      );
      socket.write(packed);
    });
    const client = await world.connect();
    client.write(get());
    const text = await client.reads(/\r\n0\r\n\r\n$/);
    expect(text).not.toMatch(/content-encoding|content-length/i);
    expect(unchunked(text).replace(/[^x]/g, '')).toHaveLength(100_000);
    expect(world.requests[0]?.head).toContain('Accept-Encoding: gzip\r\n');
  });

  it('that breaks off is seen to be unfinished', async () => {
    await using world = await start(({ socket }) => {
      socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n');
    });
    const client = await world.connect();
    client.write(get());
    await client.ended();
    expect(client.text).toMatch(/4\r\nhalf\r\n$/);
  });

  it('of any size waits for a client that does not read, and arrives whole', async () => {
    const body = Buffer.from(Uint32Array.from({ length: 16 << 20 }, (_, index) => index).buffer);
    const head = `HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nContent-Length: ${body.length}\r\n\r\n`;
    let sent = 0;
    await using world = await start(async ({ socket }) => {
      socket.write(head);
      for (; sent < body.length; sent += 1 << 20) {
        const block = body.subarray(sent, sent + (1 << 20));
        await new Promise((resolve) => socket.write(block, resolve));
      }
    });
    const client = await world.connect();
    const hash = createHash('sha256');
    let bytes = 0;
    client.socket.removeAllListeners('data').pause();
    client.write(get());
    // Until the kernel's buffers are full and nothing has moved for a while.
    const seen: number[] = [];
    const isStill = () => seen.push(sent) > 5 && seen.at(-6) === sent && sent > 0;
    await vi.waitFor(() => expect(isStill()).toBe(true), { interval: 50, timeout: 10_000 });
    expect(sent).toBeLessThan(body.length / 2);

    client.socket.on('data', (chunk) => {
      const start = bytes === 0 ? chunk.indexOf('\r\n\r\n') + 4 : 0;
      hash.update(chunk.subarray(start));
      bytes += chunk.length - start;
    });
    client.socket.resume();
    await vi.waitFor(() => expect(bytes).toBe(body.length), { timeout: 15_000 });
    expect(hash.digest('hex')).toBe(createHash('sha256').update(body).digest('hex'));
  });
});

describe('a client', () => {
  it('that goes away takes its request along, at once', async () => {
    await using world = await start(() => undefined);
    const client = await world.connect();
    client.write(get('/watch'));
    await vi.waitFor(() => expect(world.requests).toHaveLength(1));
    client.socket.destroy();
    await vi.waitFor(() => expect(world.openConnections).toBe(0));
  });

  it('that only finished sending still gets its answer', async () => {
    await using world = await start(({ socket }) =>
      setTimeout(() => socket.write(ok('late')), 100),
    );
    const client = await world.connect();
    client.socket.end(get());
    await client.reads(/late$/);
    await client.ended();
  });

  it('that sent several requests and its end gets all of the answers', async () => {
    await using world = await start(({ head, socket }) => socket.write(ok(target(head))));
    const client = await world.connect();
    client.socket.end(get('/1') + get('/2') + get('/3'));
    await client.ended();
    expect(client.text).toMatch(/\/1[^]*\/2[^]*\/3$/);
  });

  it('whose body is malformed is told so, and the upstream never sees a whole request', async () => {
    await using world = await start(() => undefined);
    const client = await world.connect();
    client.write(
      'POST /api HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\nzz\r\n',
    );
    await client.ended();
    expect(client.text).toMatch(/^HTTP\/1.1 500[^]*invalid byte in chunk length\n$/);
    await vi.waitFor(() => expect(world.openConnections).toBe(0));
    expect(world.received[0]).toMatch(/2\r\nok\r\n$/);
  });

  it('that expects to be asked for its body is asked once there is somebody to send it to', async () => {
    await using world = await start(({ socket }) => {
      socket.once('data', () => socket.write(ok('thanks')));
    });
    const client = await world.connect();
    client.write(
      'POST /api HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n',
    );
    await client.reads(/^HTTP\/1.1 100 Continue\r\n\r\n$/);
    client.write('body');
    await client.reads(/thanks$/);
  });
});

describe('an upgrade', () => {
  const upgrade = get(
    '/ws',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Te: gzip',
    'Proxy-Authorization: Basic x',
  );
  const switching =
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n';

  it('passes bytes both ways, also those that come with the request and with the answer', async () => {
    await using world = await start(({ socket, head }) => {
      socket.write(`${switching}greeting `);
      socket.on('data', (chunk) => socket.write(chunk));
      expect(head).not.toMatch(/^(te|proxy-authorization):/im);
    });
    const client = await world.connect();
    client.write(`${upgrade}early `);
    expect(await client.reads(/early $/)).toBe(`${switching}greeting early `);
    client.write('late\0\xff');
    await client.reads(/late\0\xff$/);
    expect(world.received[0]).toMatch(/\r\n\r\nearly late\0\xff$/);
  });

  it('lets each side end by itself', async () => {
    await using world = await start(({ socket }) => {
      socket.write(switching);
      socket.on('end', () => socket.end('last words'));
    });
    const client = await world.connect();
    client.write(upgrade);
    await client.reads(/\r\n\r\n$/);
    client.socket.end();
    await client.ended();
    expect(client.text).toMatch(/last words$/);
  });

  it('that is refused ends with the refusal, and one that is not understood with a 500', async () => {
    await using world = await start(({ head, socket }) => {
      socket.write(
        head.includes('/no') ? 'HTTP/1.1 403 Not You\r\nContent-Length: 2\r\n\r\nno' : ok('?'),
      );
    });
    const refused = await world.connect();
    refused.write(upgrade.replace('/ws', '/no'));
    await refused.ended();
    expect(refused.text).toBe('HTTP/1.1 403 Not You\r\nContent-Length: 2\r\n\r\nno');

    const misread = await world.connect();
    misread.write(upgrade);
    await misread.reads(/invalid upgrade response: status code 200\n$/);
    misread.write(get());
    await misread.reads(/\?$/);
  });
});

describe('the proxy', () => {
  it('lets requests under way end, and then cuts what has no end', async () => {
    await using world = await start(({ head, socket }) => {
      if (head.includes('/watch'))
        socket.write('HTTP/1.1 200 OK\r\nContent-Type: a/b\r\n\r\nevent');
      else setTimeout(() => socket.write(ok('late')), 100);
    });
    const [idle, busy, watch] = await Promise.all([
      world.connect(),
      world.connect(),
      world.connect(),
    ]);
    busy.write(get());
    watch.write(get('/watch'));
    await watch.reads(/event/);
    await vi.waitFor(() => expect(world.requests).toHaveLength(2));
    const closed = world.proxy.close({ drainMs: 400 });
    await idle.ended();
    await busy.reads(/Connection: close[^]*late$/);
    await closed;
    await watch.ended();
    expect(watch.text).not.toMatch(/0\r\n\r\n$/);
    await vi.waitFor(() => expect(world.openConnections).toBe(0));
  });

  it('tells both hops of a request, without its secrets', async () => {
    const hops: Hop[] = [];
    await using world = await start(({ socket }) => socket.write(ok('hi')), {
      onHop: (hop) => hops.push(hop),
    });
    const client = await world.connect();
    client.write(get('/api/v1/pods?token=abc', 'Connection: keep-alive'));
    await client.reads(/hi$/);
    expect(hops.map((hop) => hopSchema.parse(hop).decision.key)).toEqual([
      'kubectl-proxy.accepted',
      'kubectl-proxy.forwarded',
    ]);
    const [first, second] = hops;
    expect(first?.from.address).toBe(`127.0.0.1:${client.socket.localPort ?? 0}`);
    expect(hops.map(({ target }) => target)).toEqual(
      Array(2).fill('/api/v1/pods?token=‹redacted›'),
    );
    expect(second?.status).toBe(200);
    expect(second?.request).toBe(first?.request);
    expect(second?.headers.added).toContainEqual({
      name: 'Authorization',
      to: 'Bearer ‹redacted›',
    });
    expect(second?.headers.removed).toContainEqual({ name: 'Connection', from: 'keep-alive' });
    expect(second?.headers.changed.map(({ name }) => name)).toEqual(['Host']);

    client.write(get('/api/v1/namespaces/d/pods/p/exec'));
    expect(await client.reads(/Forbidden\n$/)).toContain(
      'X-Hop-Refused-By: --reject-paths=^/api/.*/pods/.*/exec\r\n',
    );
    expect(world.log.at(-1)).toMatch(
      / hop\] Refused GET \/api\/v1\/namespaces\/d\/pods\/p\/exec for localhost by --reject-paths=/,
    );
    expect(hops.at(-1)?.decision).toEqual({
      key: 'kubectl-proxy.refused',
      values: { flag: 'reject-paths', pattern: '^/api/.*/pods/.*/exec' },
    });
  });

  it.runIf(process.platform === 'linux')(
    'asks a silent client after 15 seconds whether it is still there',
    async () => {
      await using world = await start(() => undefined);
      const client = await world.connect();
      const local = (world.proxy.port ?? 0).toString(16).toUpperCase().padStart(4, '0');
      const remote = (client.socket.localPort ?? 0).toString(16).toUpperCase().padStart(4, '0');
      // The kernel's timer 2 is keepalive's, in hundredths of a second.
      const timer = async () =>
        new RegExp(`:${local} [0-9A-F]+:${remote} 01 \\S+ 02:([0-9A-F]+)`).exec(
          await readFile('/proc/net/tcp', 'utf8'),
        )?.[1] ?? '';
      await vi.waitFor(async () => expect(await timer()).not.toBe(''));
      expect(Number.parseInt(await timer(), 16)).toBeLessThanOrEqual(1_500);
    },
  );

  it('says in upstream’s words that its port is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const address = taken.address();
    const port = address === null || typeof address === 'string' ? 0 : address.port;
    await expect(
      start(() => undefined, { listen: { address: '127.0.0.1', port } }),
    ).rejects.toThrow(`listen tcp 127.0.0.1:${port}: bind: address already in use`);
    taken.close();
  });

  it('listens on a unix socket for its owner alone, in place of a stale one but of no file', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'hop-socket-'));
    const unixSocket = join(directory, 's.sock');
    const live = createServer().listen(unixSocket);
    await once(live, 'listening');
    {
      await using world = await start(({ socket }) => socket.write(ok('hi')), {
        listen: { unixSocket },
      });
      expect(world.proxy.address).toBe(unixSocket);
      expect(((await stat(unixSocket)).mode & 0o777).toString(8)).toBe('700');
      const client = await world.connect();
      client.write(get());
      await client.reads(/hi$/);
      expect(world.requests[0]?.head).not.toMatch(/x-forwarded-for/i);
    }
    live.close();
    await writeFile(unixSocket, 'a file');
    await expect(start(() => undefined, { listen: { unixSocket } })).rejects.toThrow(
      `listen unix ${unixSocket}: bind: address already in use`,
    );
    await rm(directory, { recursive: true });
  });
});

async function start(
  answer: (request: ScriptedRequest) => unknown,
  options: Partial<KubectlProxyOptions> = {},
) {
  const scripted = await startScriptedUpstream(answer);
  const log: string[] = [];
  const proxy = await startKubectlProxy({
    upstream: scripted.upstream,
    listen: { address: '127.0.0.1', port: 0 },
    log: (line) => log.push(line),
    ...options,
  }).catch(async (error: unknown) => {
    await scripted[Symbol.asyncDispose]();
    throw error;
  });
  return {
    log,
    proxy,
    requests: scripted.requests,
    received: scripted.received,
    get openConnections() {
      return scripted.openConnections;
    },
    async connect() {
      const socket = connect(
        proxy.port === null
          ? { path: proxy.address, allowHalfOpen: true }
          : { port: proxy.port, host: '127.0.0.1', allowHalfOpen: true },
      );
      await once(socket, 'connect');
      return new RawClient(socket);
    },
    async [Symbol.asyncDispose]() {
      await proxy[Symbol.asyncDispose]();
      await scripted[Symbol.asyncDispose]();
    },
  };
}

const target = (head: string) => head.split(' ')[1] ?? '';

/** A last answer with as much of a body as it states. */
function isWhole(text: string): boolean {
  const last = text.slice(text.lastIndexOf('HTTP/1.1'));
  const length = /content-length: (\d+)/i.exec(last)?.[1];
  return length === undefined || last.split('\r\n\r\n')[1]?.length === Number(length);
}

/** Statuses, own headers, data and trailers: what must arrive, whatever it was wrapped in. */
function unchunked(text: string): string {
  return text
    .replace(/^(Date|Transfer-Encoding|Content-Length): .*\r\n/gm, '')
    .replace('404 Nope', '404 Not Found')
    .replace(/\r\n\r\n([^]*)0\r\n((?:X-T.*\r\n)?)\r\n$/, (_, chunks: string, trailers: string) => {
      let data = '';
      for (let rest = chunks; rest !== '';) {
        const line = rest.indexOf('\r\n');
        const size = Number.parseInt(rest, 16);
        data += rest.slice(line + 2, line + 2 + size);
        rest = rest.slice(line + 4 + size);
      }
      return `\r\n\r\n${data}|${trailers}`;
    });
}

function cut(text: string, places: readonly number[]): string[] {
  const sorted = [0, ...places.toSorted((a, b) => a - b), text.length];
  return sorted.slice(1).map((place, index) => text.slice(sorted[index], place));
}
