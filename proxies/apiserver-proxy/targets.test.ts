import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createAuthority } from '../kit/pki/authority.ts';
import { ok, type ScriptedRequest } from '../kit/testing/scripted-server.ts';
import type { KubeletTransport } from './kubelet-transport.ts';
import { request, startWorld, type World, type WorldOptions } from './testing/start-world.ts';

const tick = () => new Promise((resolve) => setImmediate(resolve));
const fine = ({ socket }: ScriptedRequest) => socket.write(ok('fine'));

const [ours, others] = await Promise.all([createAuthority('ours'), createAuthority('others')]);
const client = await ours.issueClient({ user: 'kube-apiserver-kubelet-client' });
const shown = { certificate: client.certificatePem, key: client.keyPem };

async function serving(names: readonly string[]): Promise<NonNullable<WorldOptions['tls']>> {
  const { certificatePem: cert, keyPem: key } = await ours.issueServer(names);
  const asks = { requestCert: true, rejectUnauthorized: false };
  return { cert, key, ca: ours.certificatePem, ALPNProtocols: ['h2', 'http/1.1'], ...asks };
}

async function ask(world: World, target: string, ...headers: string[]) {
  const client = await world.connect();
  client.write(request('GET', `/api/v1/${target}/proxy/`, ...headers));
  return client;
}

const podOf = ({ target }: World, scheme = '') =>
  `namespaces/default/pods/${scheme}target:${target.port}`;

/** What the only connection was secured with. */
function securedBy({ target }: World): TLSSocket {
  const socket = target.requests[0]?.socket;
  if (!(socket instanceof TLSSocket)) throw new Error('no TLS');
  return socket;
}

/** Why the target could not be reached. */
async function causeOf(world: World, target: string): Promise<string> {
  const text = await (await ask(world, target)).reads(/\}$/);
  const cause = /"error trying to reach service: (.*)","reason":"ServiceUnavailable","code":503/;
  return JSON.parse(`"${cause.exec(text)?.[1] ?? text}"`) as string;
}

describe('a kubelet', () => {
  const shows = (authority?: string): KubeletTransport => ({ ...shown, authority });
  const nobody = 'tls: failed to verify certificate: x509: ';

  it.each([
    ['its CA signed', shows(ours.certificatePem)],
    ['nobody verifies', shows()],
  ])('whose certificate %s sees who we are', async (_, kubelet) => {
    await using world = await startWorld(fine, { tls: await serving(['127.0.0.1']), kubelet });
    await (await ask(world, 'nodes/target')).reads(/fine$/);
    const socket = securedBy(world);
    expect(socket.getPeerX509Certificate()?.subject).toBe('CN=kube-apiserver-kubelet-client');
    // An address is no server name, and nobody is offered a protocol.
    expect([socket.servername, socket.alpnProtocol]).toEqual([false, false]);
  });

  it.each([
    [
      'somebody else signed',
      others.certificatePem,
      ['127.0.0.1'],
      `${nobody}certificate signed by unknown authority`,
    ],
    [
      'is for another address',
      ours.certificatePem,
      ['127.0.0.2'],
      `${nobody}certificate is valid for 127.0.0.2, not 127.0.0.1`,
    ],
    [
      'is for a name',
      ours.certificatePem,
      ['node-1'],
      `${nobody}cannot validate certificate for 127.0.0.1 because it doesn't contain any IP SANs`,
    ],
  ])('whose certificate %s learns nothing', async (_, authority, names, cause) => {
    const tls = await serving(names);
    await using world = await startWorld(fine, { tls, kubelet: shows(authority) });
    expect(await causeOf(world, 'nodes/target')).toBe(cause);
    const upgrading = await ask(world, 'nodes/target', 'Connection: Upgrade', 'Upgrade: x');
    const text = await upgrading.reads(/\}$/);
    expect(text).toContain(`"error dialing backend: ${cause}","code":500`);
    expect(world.target.received.join('')).toBe('');
  });

  it('is verified each time, also after one has been trusted', async () => {
    const tls = await serving(['127.0.0.1']);
    await using world = await startWorld(fine, { tls, kubelet: shows(others.certificatePem) });
    await (await ask(world, podOf(world, 'https:'))).reads(/fine$/);
    expect(await causeOf(world, 'nodes/target')).toContain('certificate signed by unknown');
  });
});

describe('a pod over TLS', () => {
  it('is not verified, and sees neither a certificate nor a name nor a protocol', async () => {
    const tls = await serving(['somebody.example']);
    await using world = await startWorld(fine, { tls, kubelet: shown });
    await (await ask(world, podOf(world, 'https:'))).reads(/fine$/);
    const socket = securedBy(world);
    expect(socket.getPeerX509Certificate()).toBeUndefined();
    expect([socket.servername, socket.alpnProtocol]).toEqual([false, false]);
  });

  it('is upgraded over TLS', async () => {
    const tls = await serving(['somebody.example']);
    await using world = await startWorld(
      ({ socket }) => {
        socket.write(
          'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n',
        );
        socket.once('data', (data) => socket.write(`hello ${data.toString()}`));
      },
      { tls },
    );
    const asking = await ask(world, podOf(world, 'https:'), 'Connection: Upgrade', 'Upgrade: x');
    await asking.reads(/\r\n\r\n$/);
    asking.write('world');
    await asking.reads(/^hello world$/);
    expect(securedBy(world).alpnProtocol).toBe(false);
  });
});

describe('a target that speaks another language', () => {
  const answering = (end: (socket: Socket) => unknown) =>
    startTalker((socket) => socket.once('data', () => end(socket)));
  const reset = /^read tcp 127\.0\.0\.1:\d+->127\.0\.0\.1:\d+: read: connection reset by peer$/;

  it.each<[scheme: string, does: string, (socket: Socket) => unknown, RegExp]>([
    ['http:', 'closes', (socket) => socket.end(), /^EOF$/],
    ['http:', 'resets', (socket) => socket.resetAndDestroy(), reset],
    [
      'http:',
      'alerts',
      (socket) => socket.end('\x15\x03\x03\x00\x02\x02\x28', 'latin1'),
      /^net\/http: HTTP\/1\.x transport connection broken: malformed HTTP response "\\x15\\x03\\x03\\x00\\x02\\x02\("$/,
    ],
    ['https:', 'closes', (socket) => socket.end(), /^EOF$/],
    ['https:', 'resets', (socket) => socket.resetAndDestroy(), reset],
    [
      'https:',
      'answers in plain HTTP',
      (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'),
      /^tls: first record does not look like a TLS handshake$/,
    ],
  ])('asked over %s that %s', async (scheme, _, end, cause) => {
    await using world = await startWorld(fine);
    await using talker = await answering(end);
    const pod = `namespaces/default/pods/${scheme}target:${talker.port}`;
    expect(await causeOf(world, pod)).toMatch(cause);
  });

  it('and says so in plain HTTP is heard', async () => {
    await using world = await startWorld(({ socket }) =>
      socket.end(
        'HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n',
      ),
    );
    const text = await (await ask(world, podOf(world))).reads(/HTTPS server\.\n/);
    expect(text).toContain('HTTP/1.1 400 Bad Request\r\n');
  });
});

describe('a target that is not there', () => {
  afterEach(() => void vi.useRealTimers());

  it('refuses over IPv6', async () => {
    await using world = await startWorld(fine, { address: '::1' });
    const { port } = world.target;
    expect(await causeOf(world, podOf(world))).toBe(
      `dial tcp [::1]:${port}: connect: connection refused`,
    );
  });

  it('takes nobody’s call for 30 seconds', async () => {
    await using deaf = await startDeafServer();
    await using world = await startWorld(fine);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const cause = causeOf(world, `namespaces/default/pods/target:${deaf.port}`);
    while (vi.getTimerCount() === 0) await tick();
    vi.advanceTimersByTime(29_999);
    await tick();
    vi.advanceTimersByTime(1);
    expect(await cause).toBe(`dial tcp 127.0.0.1:${deaf.port}: i/o timeout`);
  });

  it('never ends its handshake', async () => {
    const greeted = Promise.withResolvers<undefined>();
    await using talker = await startTalker((socket) =>
      socket.once('data', () => greeted.resolve(undefined)),
    );
    await using world = await startWorld(fine);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const cause = causeOf(world, `namespaces/default/pods/https:target:${talker.port}`);
    await greeted.promise;
    vi.advanceTimersByTime(10_000);
    expect(await cause).toBe('net/http: TLS handshake timeout');
  });
});

interface Listening extends AsyncDisposable {
  readonly port: number;
}

async function startTalker(talk: (socket: Socket) => unknown): Promise<Listening> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    talk(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Listens and accepts nobody: once its queue is full, the system takes no more calls for it. */
async function startDeafServer(): Promise<Listening> {
  const worker = new Worker(
    `const { parentPort, workerData } = require('node:worker_threads');
    const server = require('node:net').createServer();
    server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
      parentPort.postMessage(server.address().port);
      Atomics.wait(workerData, 0, 0);
    });`,
    { eval: true, workerData: new Int32Array(new SharedArrayBuffer(4)) },
  );
  const [port] = (await once(worker, 'message')) as [number];
  const waiting: Socket[] = [];
  for (let place = 0; place < 2; place++) {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    waiting.push(socket);
    await once(socket, 'connect');
  }
  return {
    port,
    async [Symbol.asyncDispose]() {
      for (const socket of waiting) socket.destroy();
      await worker.terminate();
    },
  };
}
