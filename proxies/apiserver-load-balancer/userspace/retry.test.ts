import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connect as connectTls, createServer as createTlsServer } from 'node:tls';
import { beforeAll, describe, expect, it } from 'vitest';
import { isEpollKnown } from '../../kit/l4/epoll/support.ts';
import { createAuthority, type Authority } from '../../kit/pki/authority.ts';
import type { Backend } from '../backend.ts';
import { helloWith } from './testing/hello.ts';
import {
  ending,
  firstWords,
  userspaceWorld,
  type UserspaceWorld,
} from './testing/userspace-world.ts';

const serverName = 'kubernetes';
const hello = helloWith([0, 43, 51]);
/** Long enough for everything but what is meant to be late. */
const patient = 60_000;

let authority: Authority;
let credential: { readonly cert: string; readonly key: string };
beforeAll(async () => {
  authority = await createAuthority();
  const { certificatePem, keyPem } = await authority.issueServer([serverName]);
  credential = { cert: certificatePem, key: keyPem };
});

/** Does so once it has heard a first word, and says nothing. */
const onceItHears = (act: (socket: Socket) => void) => (socket: Socket) => {
  socket.once('data', () => act(socket));
};
const saysItsName = onceItHears((socket) => void socket.write('alive'));

function tlsBackend(world: UserspaceWorld): Promise<Backend> {
  const server = createTlsServer(credential, (socket) => {
    socket.on('error', () => undefined);
    socket.end('alive');
  });
  return world.serve(server);
}

/** What the server says to a client of TLS, who verifies it. */
async function askTls(world: UserspaceWorld): Promise<string> {
  const { certificatePem: ca } = authority;
  const socket = connectTls({ socket: world.client(), servername: serverName, ca });
  const [chunk] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return String(chunk);
}

describe.each(isEpollKnown ? (['epoll', 'node'] as const) : (['node'] as const))(
  'a client of TLS, with wires of %s,',
  (wires) => {
    const world = (dialTimeoutMs: number, proxyProtocol: 'off' | 'v1' = 'off') =>
      userspaceWorld({ wires, balance: 'first-healthy', dialTimeoutMs, proxyProtocol });

    it('does not fail when a backend accepts and says nothing', async () => {
      await using it = await world(200);
      const paused = await it.backend();
      await it.eligible(paused, await tlsBackend(it));
      expect(await askTls(it)).toBe('alive');
      expect(it.sightings[0]).toMatchObject({ backend: { name: paused.name }, saw: 'no-answer' });
      expect(await it.dataplane.counts()).toMatchObject({ retried: 1, refused: 0 });
    });

    it.each([
      ['resets it', (socket: Socket) => void socket.resetAndDestroy()],
      ['ends it', (socket: Socket) => void socket.end()],
    ])('does not fail when a backend %s before its first byte', async (_how, act) => {
      await using it = await world(patient);
      await it.eligible(await it.backend(onceItHears(act)), await tlsBackend(it));
      expect(await askTls(it)).toBe('alive');
      expect(it.sightings).toMatchObject([{ saw: 'no-answer' }]);
    });

    it.each([
      ['is suspected', false],
      ['is given up', true],
    ])('goes to another when its silent backend %s', async (_how, isReset) => {
      await using it = await world(patient);
      const [paused, alive] = [await it.backend(), await tlsBackend(it)];
      await it.eligible(paused, alive);
      const answer = askTls(it);
      await paused.hears(1);
      await it.dataplane.apply({ eligible: [alive], reset: isReset ? [paused] : [] });
      expect(await answer).toBe('alive');
      expect(await it.dataplane.counts()).toMatchObject({ retried: 1, reset: 0, refused: 0 });
    });

    it('is sent on in the pieces it comes in, and repeated whole', async () => {
      await using it = await world(patient);
      const [paused, alive] = [await it.backend(), await it.backend(saysItsName)];
      await it.eligible(paused, alive);
      const client = it.client();
      for (const at of [0, 3, 40]) {
        client.write(hello.subarray(at, at === 0 ? 3 : at === 3 ? 40 : undefined));
        await paused.hears(at === 0 ? 3 : at === 3 ? 40 : hello.length);
      }
      const answer = firstWords(client);
      await it.eligible(alive);
      expect(await answer).toBe('alive');
      expect([...paused.heard.values()]).toEqual([hello]);
      expect([...alive.heard.values()]).toEqual([hello]);
    });

    it('goes to another while it has not yet said a word', async () => {
      await using it = await world(patient);
      const [paused, alive] = [await it.backend(), await it.backend(saysItsName)];
      await it.eligible(paused, alive);
      const dialled = paused.connection();
      const client = it.client();
      await dialled;
      await it.eligible(alive);
      client.write(hello);
      expect(await firstWords(client)).toBe('alive');
      expect([...paused.heard.values()]).toEqual([Buffer.alloc(0)]);
    });

    it.each([
      ['a request', Buffer.from('POST /api HTTP/1.1\r\n\r\n')],
      ['a ClientHello with early data', helloWith([0, 42, 43])],
      ['a ClientHello and more', Buffer.concat([hello, Buffer.from([20, 3, 3, 0, 1, 1])])],
    ])('is not repeated when it has said %s', async (_what, words) => {
      await using it = await world(patient);
      const lost = await it.backend((socket) => {
        socket.on('data', () => {
          if (socket.bytesRead === words.length) socket.resetAndDestroy();
        });
      });
      const other = await it.backend(saysItsName);
      await it.eligible(lost, other);
      const client = it.client();
      client.write(words);
      expect(await ending(client)).toBe('reset');
      expect([...lost.heard.values()]).toEqual([words]);
      expect(other.sockets).toHaveLength(0);
    });

    it('is not repeated after a first byte has come back', async () => {
      await using it = await world(patient);
      const lost = await it.backend(
        onceItHears((socket) => {
          socket.write('a', () => socket.resetAndDestroy());
        }),
      );
      const other = await it.backend(saysItsName);
      await it.eligible(lost, other);
      const client = it.client();
      client.write(hello);
      expect(await ending(client)).toBe('reset');
      expect(other.sockets).toHaveLength(0);
    });

    it('waits for the last backend, however long it takes', async () => {
      await using it = await world(50);
      const [one, two] = [await it.backend(), await it.backend()];
      await it.eligible(one, two);
      const client = it.client();
      client.write(hello);
      await two.hears(hello.length);
      await expect.poll(() => it.sightings.length, { timeout: 15_000 }).toBe(2);
      const answer = firstWords(client);
      two.sockets[0]?.write('at last');
      expect(await answer).toBe('at last');
    });

    it('is announced to each backend before it is heard', async () => {
      await using it = await world(patient, 'v1');
      const [paused, alive] = [await it.backend(), await it.backend(saysItsName)];
      await it.eligible(paused, alive);
      const client = it.client();
      client.write(hello);
      await paused.hears(hello.length + 1);
      const [, port] = it.dataplane.addresses[0]?.split(':') ?? [];
      const header = `PROXY TCP4 127.0.0.1 127.0.0.1 ${client.localPort} ${port}\r\n`;
      const all = Buffer.concat([Buffer.from(header), hello]);
      await paused.hears(all.length);
      await it.eligible(alive);
      expect(await firstWords(client)).toBe('alive');
      await alive.hears(all.length);
      expect([...paused.heard.values(), ...alive.heard.values()]).toEqual([all, all]);
    });
  },
);
