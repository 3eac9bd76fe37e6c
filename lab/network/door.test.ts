import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LabMode } from '../topology.ts';
import { openDoor } from './door.ts';
import { layTestNetwork, type TestNetwork } from './testing/laid-network.ts';
import { whyNotIsolated } from './testing/why-not-isolated.ts';

const reason = await whyNotIsolated();
const modes = [
  { mode: 'isolated', host: '172.30.0.21' },
  { mode: 'loopback', host: '127.0.0.1' },
] as const satisfies readonly { mode: LabMode; host: string }[];

/** However it is closed: in order or not. */
function closeOf(socket: Socket): Promise<undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  socket.on('error', () => undefined).once('close', () => resolve(undefined));
  socket.resume();
  return promise;
}

describe.each(modes)('a door ($mode)', ({ mode, host }) => {
  describe.skipIf(mode === 'isolated' && reason !== null)('is', () => {
    let network: TestNetwork;
    const port = 20_000 + (process.pid % 10_000);
    const target = `${host}:${port}`;

    beforeAll(async () => {
      network = await layTestNetwork(mode);
      // Says what it was told, once it has been told all; and the same by datagram.
      await network.serve(
        'node-1',
        `const { createServer } = require('node:net');
         const { createSocket } = require('node:dgram');
         const datagrams = createSocket('udp4');
         datagrams.on('message', (message, { port, address }) =>
           datagrams.send('heard ' + message, port, address));
         createServer({ allowHalfOpen: true }, async (socket) => {
           let bytes = 0;
           for await (const chunk of socket) bytes += chunk.length;
           socket.end('heard ' + bytes + ' bytes');
         }).listen(${port}, '${host}', () => datagrams.bind(${port}, '${host}', ready));`,
      );
    });
    afterAll(() => network[Symbol.asyncDispose]());

    it('a way in for TCP, of which each direction ends by itself', async () => {
      await using door = await openDoor(network.supervisor, { protocol: 'TCP' }, target);
      const socket = connect({ port: door.port, host: '127.0.0.1', allowHalfOpen: true });
      socket.end(Buffer.alloc(3_000_000));
      expect(await text(socket)).toBe('heard 3000000 bytes');
    });

    it('a way in for UDP, which tells clients apart', async () => {
      await using door = await openDoor(network.supervisor, { protocol: 'UDP' }, target);
      const clients = ['one', 'two'].map((name) => ({ name, socket: createSocket('udp4') }));
      for (const { name, socket } of clients) {
        socket.send(name, door.port, '127.0.0.1');
        const [answer] = (await once(socket, 'message')) as [Buffer];
        expect(answer.toString()).toBe(`heard ${name}`);
      }
      for (const { socket } of clients) socket.close();
    });

    it('on the host’s loopback, and closed with its connections when it is disposed', async () => {
      const door = await openDoor(network.supervisor, { protocol: 'TCP' }, target);
      expect(door.address).toBe(`127.0.0.1:${door.port}`);
      const held = connect(door.port, '127.0.0.1');
      await once(held, 'connect');
      const closed = closeOf(held);
      await door[Symbol.asyncDispose]();
      await closed;
      const late = connect(door.port, '127.0.0.1');
      const [error] = (await once(late, 'error')) as [NodeJS.ErrnoException];
      expect(error.code).toBe('ECONNREFUSED');
    });

    it('refused where the port is taken', async () => {
      await using door = await openDoor(network.supervisor, { protocol: 'TCP' }, target);
      const again = openDoor(network.supervisor, { protocol: 'TCP', port: door.port }, target);
      await expect(again).rejects.toThrow('EADDRINUSE');
    });

    it('shut to a target that nobody serves', async () => {
      await using door = await openDoor(network.supervisor, { protocol: 'TCP' }, `${host}:1`);
      const socket = connect(door.port, '127.0.0.1');
      await closeOf(socket);
      expect(socket.bytesRead).toBe(0);
    });
  });
});
