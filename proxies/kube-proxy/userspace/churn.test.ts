import { readdir } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ServicePortState } from '../service-port.ts';
import { ask, servicePort, userspaceWorld, vip } from './testing/userspace-world.ts';

/** One change of one of a few ports: how many endpoints it has then, or null when it is deleted. */
const changes = fc.array(
  fc.record({
    port: fc.integer({ min: 8_100, max: 8_107 }),
    protocol: fc.constantFrom('TCP', 'UDP'),
    endpoints: fc.option(fc.integer({ min: 0, max: 3 })),
  }),
  { minLength: 1, maxLength: 60 },
);

const openFiles = async () => (await readdir('/proc/self/fd')).length;

describe('changes in userspace mode', () => {
  it('leave just the listeners that are wanted, and no file open', async () => {
    await using world = await userspaceWorld();
    const tcp = await world.tcpBackend('tcp');
    await fc.assert(
      fc.asyncProperty(changes, async (all) => {
        const wanted = new Map<string, ServicePortState>();
        for (const { port, protocol, endpoints } of all) {
          const backends = Array.from({ length: endpoints ?? 0 }, () => tcp);
          const state = servicePort(`web-${port}`, port, backends, { protocol });
          if (endpoints === null) {
            wanted.delete(state.key);
            await world.sync({ removed: [state.key] });
          } else {
            wanted.set(state.key, state);
            await world.sync({ changed: [state] });
          }
        }
        const serving = [...wanted.values()].filter(({ hasEndpoints }) => hasEndpoints);
        expect(world.dataplane.stats()).toMatchObject({ listeners: serving.length, unbound: 0 });
        for (const { protocol, port } of serving) {
          if (protocol === 'TCP') expect(await ask(port, vip, '!')).toBe('tcp!');
        }
        await world.sync({ removed: [...wanted.keys()] });
        expect(world.dataplane.stats()).toMatchObject({ listeners: 0, unbound: 0 });
      }),
      { numRuns: 40 },
    );
    expect(world.problems).toEqual([]);
  });

  it('of one port cost what that one costs, however many there are', async () => {
    await using world = await userspaceWorld();
    const tcp = await world.tcpBackend('tcp');
    const before = await openFiles();
    const ports = Array.from({ length: 1_000 }, (_, index) =>
      servicePort(`web-${index}`, 10_000 + index, [tcp]),
    );
    expect(await world.sync({ changed: ports })).toMatchObject({ kind: 'full', operations: 1_000 });
    const [first] = ports;
    if (first === undefined) return expect.unreachable();
    expect(await world.sync({ changed: [{ ...first, cluster: [tcp, tcp] }] })).toMatchObject({
      kind: 'partial',
      operations: 1,
    });
    expect(await world.sync({})).toMatchObject({ kind: 'partial', operations: 0 });
    world.dataplane.distrust();
    expect(await world.sync({})).toMatchObject({ kind: 'full', operations: 0 });
    expect(await world.sync({ removed: ports.map(({ key }) => key) })).toMatchObject({
      operations: 1_000,
    });
    await expect.poll(openFiles, { timeout: 15_000 }).toBeLessThan(before + 20);
  });
});
