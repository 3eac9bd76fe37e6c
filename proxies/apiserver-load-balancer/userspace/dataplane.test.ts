import { createServer, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { isEpollKnown } from '../../kit/l4/epoll/support.ts';
import { startSilentBackend } from '../../kit/l4/testing/silent-backend.ts';
import type { ForwardedConnection } from '../dataplane.ts';
import {
  backendAt,
  ending,
  firstWords,
  placeOf,
  refusing,
  userspaceWorld,
  type UserspaceWorld,
} from './testing/userspace-world.ts';

/** It says its name first, and ends when its client does. */
const named = (name: string) => (socket: Socket) => {
  socket.write(name);
  socket.on('end', () => socket.end());
};

/** Whom a new client reaches. */
async function ask(world: UserspaceWorld, address?: string): Promise<string> {
  const client = world.client(address);
  const name = await firstWords(client);
  client.destroy();
  return name;
}

describe.each(isEpollKnown ? (['epoll', 'node'] as const) : (['node'] as const))(
  'the userspace dataplane, with wires of %s',
  (wires) => {
    it('listens on both families at one port, and says where', async () => {
      await using first = await userspaceWorld({ wires, listen: [{ host: '0.0.0.0', port: 0 }] });
      const { port } = placeOf(first.dataplane.addresses[0] ?? '');
      const listen = [{ host: '::', port }];
      await using second = await userspaceWorld({ wires, listen });
      expect(second.dataplane.addresses).toEqual([`[::]:${port}`]);
      await first.eligible(await first.backend(named('four')));
      await second.eligible(await second.backend(named('six'), '::1'));
      expect(await ask(first, `127.0.0.1:${port}`)).toBe('four');
      expect(await ask(second, `[::1]:${port}`)).toBe('six');
    });

    it('says when another program has the port, and keeps none of the others', async () => {
      await using taken = await userspaceWorld({ wires });
      const { port } = placeOf(taken.dataplane.addresses[0] ?? '');
      await using free = await userspaceWorld({ wires });
      const { port: other } = placeOf(free.dataplane.addresses[0] ?? '');
      await free[Symbol.asyncDispose]();
      const listen = [other, port].map((each) => ({ host: '127.0.0.1', port: each }));
      await expect(userspaceWorld({ wires, listen })).rejects.toThrow(
        `cannot listen on 127.0.0.1:${port}: another program has this port (EADDRINUSE)`,
      );
      await using again = await userspaceWorld({
        wires,
        listen: [{ host: '127.0.0.1', port: other }],
      });
      expect(again.dataplane.addresses).toEqual([`127.0.0.1:${other}`]);
    });

    it('deals connections out in turn', async () => {
      await using world = await userspaceWorld({ wires });
      const names = ['a', 'b', 'c'];
      await world.eligible(...(await Promise.all(names.map((name) => world.backend(named(name))))));
      const asked: string[] = [];
      for (let count = 0; count < 9; count++) asked.push(await ask(world));
      expect(asked.join('')).toBe('abcabcabc');
    });

    it('prefers who has fewest connections', async () => {
      await using world = await userspaceWorld({ wires, balance: 'least-connections' });
      const [a, b, c] = [
        await world.backend(named('a')),
        await world.backend(named('b')),
        await world.backend(named('c')),
      ];
      await world.eligible(a);
      for (let count = 0; count < 4; count++) await firstWords(world.client());
      await world.eligible(a, b, c);
      const asked: string[] = [];
      for (let count = 0; count < 8; count++) asked.push(await firstWords(world.client()));
      expect(asked.sort().join('')).toBe('bbbbcccc');
    });

    it('keeps to the first that is eligible', async () => {
      await using world = await userspaceWorld({ wires, balance: 'first-healthy' });
      const [a, b] = [await world.backend(named('a')), await world.backend(named('b'))];
      await world.eligible(a, b);
      expect([await ask(world), await ask(world)]).toEqual(['a', 'a']);
      await world.eligible(b);
      expect(await ask(world)).toBe('b');
    });

    it('resets clients while nobody is eligible, and serves when somebody is', async () => {
      await using world = await userspaceWorld({ wires });
      expect(await ending(world.client())).toBe('reset');
      await world.eligible(await world.backend(named('a')));
      expect(await ask(world)).toBe('a');
      expect(await world.dataplane.counts()).toMatchObject({ accepted: 2, refused: 1 });
    });

    it('dials the next when one refuses, and tells of it', async () => {
      await using world = await userspaceWorld({ wires, balance: 'first-healthy' });
      await world.eligible(refusing, await world.backend(named('a')));
      expect(await ask(world)).toBe('a');
      const reason = 'connect ECONNREFUSED 127.0.0.1:1';
      expect(world.sightings).toEqual([{ backend: refusing, saw: 'dial-failed', reason }]);
      expect(await world.dataplane.counts()).toMatchObject({ accepted: 1, refused: 0, retried: 1 });
    });

    it('dials the next when one does not answer in time', async () => {
      await using silent = await startSilentBackend();
      const options = { wires, balance: 'first-healthy', dialTimeoutMs: 100 } as const;
      await using world = await userspaceWorld(options);
      const late = backendAt(silent.address, silent.port);
      await world.eligible(late, await world.backend(named('a')));
      expect(await ask(world)).toBe('a');
      const reason = `connect ETIMEDOUT ${late.name}`;
      expect(world.sightings).toContainEqual({ backend: late, saw: 'dial-failed', reason });
    });

    it('resets the client when all have failed, each dialled once', async () => {
      await using world = await userspaceWorld({ wires });
      await world.eligible(refusing, backendAt('127.0.0.1', 2), backendAt('::1', 1));
      expect(await ending(world.client())).toBe('reset');
      expect(world.sightings).toHaveLength(3);
      expect(new Set(world.sightings.map(({ backend }) => backend.name)).size).toBe(3);
      expect(await world.dataplane.counts()).toMatchObject({ refused: 1, retried: 2 });
    });

    it('leads from either family to either', async () => {
      const listen = ['127.0.0.1', '::1'].map((host) => ({ host, port: 0 }));
      await using world = await userspaceWorld({ wires, listen });
      await world.eligible(
        await world.backend(named('four')),
        await world.backend(named('six'), '::1'),
      );
      const asked = new Set<string>();
      for (const address of world.dataplane.addresses) {
        for (let count = 0; count < 2; count++) asked.add(await ask(world, address));
      }
      expect(asked).toEqual(new Set(['four', 'six']));
    });

    it('passes an end on by itself, in either direction', async () => {
      await using world = await userspaceWorld({ wires });
      const backend = await world.backend();
      await world.eligible(backend);
      const accepted = backend.connection();
      const client = world.client();
      const upstream = await accepted;
      client.end('that was all');
      expect(await text(upstream)).toBe('that was all');
      upstream.end('heard it');
      expect(await text(client)).toBe('heard it');
      await expect.poll(() => world.dataplane.connections(), { timeout: 15_000 }).toEqual([]);
    });

    it('carries megabytes both ways at once, and holds back who sends too fast', async () => {
      await using world = await userspaceWorld({ wires });
      const megabytes = Buffer.alloc(1 << 20, 'back and forth ');
      const sizeBytes = 16 * megabytes.length;
      const server = createServer({ allowHalfOpen: true }, (socket) => void socket.pipe(socket));
      await world.eligible(await world.serve(server));
      const client = world.client();
      let sentBytes = 0;
      const send = () => {
        while (sentBytes < sizeBytes) {
          sentBytes += megabytes.length;
          if (!client.write(megabytes)) break;
        }
        if (sentBytes === sizeBytes) client.end();
        else client.once('drain', send);
      };
      send();
      let readBytes = 0;
      for await (const chunk of client as AsyncIterable<Buffer>) {
        const expected = megabytes.subarray(readBytes % megabytes.length).subarray(0, chunk.length);
        expect(chunk.subarray(0, expected.length).equals(expected)).toBe(true);
        readBytes += chunk.length;
      }
      expect(readBytes).toBe(sizeBytes);
      const counts = await world.dataplane.counts();
      expect(counts).toMatchObject({ sentBytes: sizeBytes, receivedBytes: sizeBytes });
    });

    it.each(['client', 'backend'] as const)('passes on a reset of the %s', async (who) => {
      await using world = await userspaceWorld({ wires });
      const backend = await world.backend(named('a'));
      await world.eligible(backend);
      const client = world.client();
      await firstWords(client);
      const [upstream] = backend.sockets;
      if (upstream === undefined) return expect.unreachable();
      const [from, to] = who === 'client' ? [client, upstream] : [upstream, client];
      const told = ending(to);
      from.resetAndDestroy();
      expect(await told).toBe('reset');
      await expect.poll(() => world.dataplane.connections(), { timeout: 15_000 }).toEqual([]);
    });

    it('resets connections of those who are given up, and of nobody else', async () => {
      await using world = await userspaceWorld({ wires });
      const [a, b] = [await world.backend(named('a')), await world.backend(named('b'))];
      await world.eligible(a, b);
      const [one, two] = [world.client(), world.client()];
      const names = [await firstWords(one), await firstWords(two)];
      const [lost, kept] = names[0] === 'a' ? [one, two] : [two, one];
      const [upstream] = a.sockets;
      if (upstream === undefined) return expect.unreachable();
      const told = [ending(lost), ending(upstream)];
      await world.dataplane.apply({ eligible: [b], reset: [a] });
      expect(await Promise.all(told)).toEqual(['reset', 'reset']);
      kept.write('still here');
      expect(String(await b.hears(10))).toBe('still here');
      const counts = await world.dataplane.counts();
      expect(counts).toMatchObject({ reset: 1, active: new Map([[b.name, 1]]) });
    });

    it('lets connections of those who drain live on', async () => {
      await using world = await userspaceWorld({ wires });
      const [a, b] = [await world.backend(named('a')), await world.backend(named('b'))];
      await world.eligible(a);
      const client = world.client();
      await firstWords(client);
      await world.eligible(b);
      client.write('still here');
      expect(String(await a.hears(10))).toBe('still here');
      expect(await ask(world)).toBe('b');
    });

    it('tells what it forwards, now and from now on', async () => {
      await using world = await userspaceWorld({ wires });
      const backend = await world.backend(named('a'));
      await world.eligible(backend);
      const begun: ForwardedConnection[] = [];
      const watching = world.dataplane.onConnection((connection) => begun.push(connection));
      await watching.ready;
      const client = world.client();
      await firstWords(client);
      const [upstream] = backend.sockets;
      const connection = {
        source: `127.0.0.1:${client.localPort}`,
        destination: world.dataplane.addresses[0],
        backend: backend.name,
        seenAs: `127.0.0.1:${upstream?.remotePort}`,
      };
      await expect.poll(() => begun, { timeout: 15_000 }).toEqual([connection]);
      expect(await world.dataplane.connections()).toEqual([connection]);
      watching[Symbol.dispose]();
      await ask(world);
      expect(begun).toHaveLength(1);
      client.destroy();
      await expect.poll(() => world.dataplane.connections(), { timeout: 15_000 }).toEqual([]);
      const { active } = await world.dataplane.counts();
      expect(active).toEqual(new Map());
    });

    it('resets whom nobody has had a word with for too long', async () => {
      await using world = await userspaceWorld({ wires, idleTimeoutMs: 200 });
      const backend = await world.backend(named('a'));
      await world.eligible(backend);
      const client = world.client();
      await firstWords(client);
      const [upstream] = backend.sockets;
      if (upstream === undefined) return expect.unreachable();
      expect(await Promise.all([ending(client), ending(upstream)])).toEqual(['reset', 'reset']);
    });

    it('ends old connections, with an end that loses no byte', async () => {
      await using world = await userspaceWorld({ wires, maxConnectionAgeMs: 200 });
      await world.eligible(await world.backend(named('a')));
      const client = world.client();
      expect(await text(client)).toBe('a');
      client.end();
      await expect.poll(() => world.dataplane.connections(), { timeout: 15_000 }).toEqual([]);
    });

    it('ends one that is old before anybody has said a word, and tries nobody else for it', async () => {
      await using world = await userspaceWorld({ wires, maxConnectionAgeMs: 200 });
      const endsToo = (socket: Socket) => socket.on('end', () => socket.end());
      const backends = [await world.backend(endsToo), await world.backend(endsToo)];
      await world.eligible(...backends);
      const client = world.client();
      expect(await ending(client)).toBe('ended');
      client.end();
      await expect.poll(() => world.dataplane.connections(), { timeout: 15_000 }).toEqual([]);
      expect(backends.flatMap(({ sockets }) => sockets)).toHaveLength(1);
      expect(world.sightings).toEqual([]);
    });

    it('refuses nobody whose backend resets what is being ended', async () => {
      await using world = await userspaceWorld({ wires, maxConnectionAgeMs: 200 });
      await world.eligible(
        await world.backend((socket) => socket.on('end', () => socket.resetAndDestroy()).resume()),
      );
      // Which of the two the client hears of first is a matter of load.
      await ending(world.client());
      await expect
        .poll(() => world.dataplane.counts(), { timeout: 15_000 })
        .toMatchObject({
          active: new Map(),
        });
      expect(await world.dataplane.counts()).toMatchObject({ accepted: 1, refused: 0 });
    });

    it('resets all it has when it ends', async () => {
      await using world = await userspaceWorld({ wires });
      const backend = await world.backend(named('a'));
      await world.eligible(backend);
      const client = world.client();
      await firstWords(client);
      const told = ending(client);
      await world.dataplane[Symbol.asyncDispose]();
      expect(await told).toBe('reset');
    });
  },
);
