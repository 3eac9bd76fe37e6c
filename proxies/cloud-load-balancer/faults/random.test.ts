/** Whatever users, nodes, clouds, apiservers and killers do, in any order: in the end all fits together. */
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { UnreachableError } from '../../kit/api/errors.ts';
import { exclusionLabel } from '../facts/nodes.ts';
import { nodeOf, serviceOf, servicesPath } from '../testing/controller-world.ts';
import type { CloudName } from './testing/clouds.ts';
import { createFaultWorld, type Controller, type FaultWorld } from './testing/fault-world.ts';

interface State {
  readonly world: FaultWorld;
  controller: Controller;
}

type Act = (state: State, name: string) => Promise<unknown>;

const udp = { name: 'dns', protocol: 'UDP', port: 53, nodePort: 30_053 };
const patch =
  (change: object): Act =>
  ({ world }, name) =>
    world.cluster.api.patch(`${servicesPath}/${name}`, 'merge', change);

const acts: Readonly<Record<string, Act>> = {
  create: ({ world }, name) => world.cluster.api.create(servicesPath, serviceOf(name)),
  delete: ({ world }, name) => world.cluster.api.delete(`${servicesPath}/${name}`),
  ports: patch({ spec: { ports: [udp] } }),
  annotate: patch({ metadata: { annotations: { a: 'b' } } }),
  clusterIP: patch({ spec: { type: 'ClusterIP' } }),
  balanced: patch({ spec: { type: 'LoadBalancer', loadBalancerClass: null } }),
  otherClass: patch({ spec: { type: 'LoadBalancer', loadBalancerClass: 'a/b' } }),
  addNode: ({ world }) => world.cluster.api.create('/api/v1/nodes', nodeOf('node-3')),
  removeNode: ({ world }) => world.cluster.api.delete('/api/v1/nodes/node-3'),
  excludeNode: ({ world }) =>
    world.cluster.api.patch('/api/v1/nodes/node-2', 'merge', {
      metadata: { labels: { [exclusionLabel]: 'true' } },
    }),
  includeNode: ({ world }) =>
    world.cluster.api.patch('/api/v1/nodes/node-2', 'merge', {
      metadata: { labels: { [exclusionLabel]: null } },
    }),
  cloudFails: async ({ world }) => world.cloud.fail(new Error('out of order')),
  cloudWorks: async ({ world }) => world.cloud.fail(null),
  writeIsLost: async ({ world }) =>
    world.cluster.failNext(/^PATCH/, new UnreachableError('it broke off', true), false),
  answerIsLost: async ({ world }) =>
    world.cluster.failNext(/^PATCH/, new UnreachableError('it broke off', true), true),
  watchesLag: async ({ world }) => world.cluster.holdWatches(),
  watchesCatchUp: async ({ world }) => world.cluster.letWatchesGo(),
  time: ({ controller }) => controller.clock.pass(5000),
  quiet: ({ world }) => world.untilWell(() => false).catch(() => undefined),
};

const names = ['a', 'b', 'c'] as const;
/** A controller dies at one of its next calls, and another follows. */
const step = fc.record({
  act: fc.constantFrom(...Object.keys(acts)),
  name: fc.constantFrom(...names),
  dieIn: fc.option(fc.integer({ min: 1, max: 12 }), { freq: 6, nil: null }),
  death: fc.constantFrom('before', 'after'),
  turns: fc.nat(12),
});

async function live(
  cloud: CloudName,
  steps: readonly (typeof step extends fc.Arbitrary<infer One> ? One : never)[],
) {
  await using world = await createFaultWorld(cloud);
  const state: State = { world, controller: await world.start() };
  for (const { act, name, dieIn, death, turns } of steps) {
    // It exists already, or does not: users try all the same.
    await acts[act]?.(state, name).catch(() => undefined);
    for (let turn = 0; turn < turns; turn += 1)
      await new Promise((resolve) => setImmediate(resolve));
    if (dieIn === null) continue;
    await state.controller[Symbol.asyncDispose]();
    state.controller = await world.start(dieIn, death);
    await world.untilWell(() => state.controller.mortal.isDead).catch(() => undefined);
    await state.controller[Symbol.asyncDispose]();
    state.controller = await world.start();
  }
  world.cloud.fail(null);
  world.cluster.letWatchesGo();
  await state.controller.clock.pass(100_000);
  for (let tries = 0; tries < 20 && world.faults().length > 0; tries += 1) {
    await world.untilWell().catch(() => undefined);
    await state.controller.clock.pass(300_000);
  }
  await world.untilWell();
}

describe.for(['a cloud that remembers', 'the hop cloud'] as const)('over %s', (cloud) => {
  it('the world is consistent in the end', { timeout: 60_000 }, () =>
    fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), (steps) => live(cloud, steps)),
      // The same lives each time, unless many are asked for.
      process.env.HOP_RUNS ? { numRuns: Number(process.env.HOP_RUNS) } : { numRuns: 60, seed: 7 },
    ),
  );
});
