import { readdir } from 'node:fs/promises';
import type { Socket } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isEpollKnown } from '../../kit/l4/epoll/support.ts';
import { resetSocket } from '../../kit/l4/reset-socket.ts';
import { helloWith } from './testing/hello.ts';
import { refusing, userspaceWorld } from './testing/userspace-world.ts';

const hello = helloWith([0, 43]);
const behaviours: readonly ((socket: Socket) => void)[] = [
  (socket) => void socket.pipe(socket),
  (socket) => void socket.write('first'),
  (socket) => void socket.on('data', () => socket.resetAndDestroy()),
  (socket) => void socket.on('data', () => socket.end('bye')),
  () => undefined,
];

const names = fc.subarray([0, 1, 2, 3, 4, 5]);
const steps = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant('plan' as const), eligible: names, reset: names }),
    fc.record({
      do: fc.constant('dial' as const),
      isAwaited: fc.boolean(),
      says: fc.constantFrom('', 'GET / HTTP/1.1\r\n\r\n', hello, hello.subarray(0, 20)),
    }),
    fc.record({
      do: fc.constantFrom('end' as const, 'reset' as const, 'write' as const),
      client: fc.nat(20),
    }),
  ),
  { minLength: 5, maxLength: 40 },
);

/** Or failed. */
async function connected(client: Socket): Promise<void> {
  if (client.connecting)
    await new Promise((resolve) => client.once('connect', resolve).once('close', resolve));
}

const openFiles = async () => (await readdir('/proc/self/fd')).length;

describe.each(isEpollKnown ? (['epoll', 'node'] as const) : (['node'] as const))(
  'random plans and clients, with wires of %s,',
  (wires) => {
    it('leave no connection behind', async () => {
      await using world = await userspaceWorld({ wires, dialTimeoutMs: 30 });
      const backends = await Promise.all(
        behaviours.map((behaviour) =>
          world.backend((socket) => {
            behaviour(socket);
            // Who is gone after its end is not noticed by Node's sockets before something is said to it.
            socket.on('end', () => socket.end());
          }),
        ),
      );
      const all = [...backends, refusing];
      const chosen = (indexes: readonly number[]) => indexes.flatMap((index) => all[index] ?? []);
      const isOver = async () => {
        const { active } = await world.dataplane.counts();
        return active.size === 0 && (await world.dataplane.connections()).length === 0;
      };
      const before = await openFiles();
      await fc.assert(
        fc.asyncProperty(steps, async (each) => {
          const clients: Socket[] = [];
          for (const step of each) {
            if (step.do === 'plan') {
              const eligible = chosen(step.eligible);
              await world.dataplane.apply({ eligible, reset: chosen(step.reset) });
            } else if (step.do === 'dial') {
              const client = world.client().resume();
              if (step.says.length > 0) client.write(step.says);
              clients.push(client);
              if (step.isAwaited) await connected(client);
            } else {
              const client = clients[step.client % Math.max(1, clients.length)];
              if (step.do === 'end') client?.end();
              else if (step.do === 'write') client?.write('more');
              else if (client) resetSocket(client);
            }
          }
          for (const client of clients) {
            await connected(client);
            resetSocket(client);
          }
          await expect.poll(isOver, { timeout: 15_000, interval: 5 }).toBe(true);
        }),
        { numRuns: 40 },
      );
      expect(world.logged).toEqual([]);
      // What is left of theirs is not ours.
      for (const socket of backends.flatMap(({ sockets }) => sockets)) socket.destroy();
      await expect.poll(openFiles, { timeout: 15_000 }).toBeLessThanOrEqual(before + 1);
    });
  },
);
