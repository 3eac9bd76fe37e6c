/** The first process of the world: lets things go wrong, as it is told through its channel. */
import { setTimeout as wait } from 'node:timers/promises';
import { serveCalls } from '../../../kit/testing/calls.ts';
import { ask, raw, type Held, type Target } from '../../conformance/world/client.ts';
import type { BalancerName } from '../../conformance/world/balancer-methods.ts';
import { apiserverPort, backendNumbers, places } from '../../conformance/world/places.ts';
import {
  agentOptions,
  countsOf,
  startBalancerProcess,
  wantedBackend,
  type BalancerCalls,
} from '../../conformance/world/stage.ts';
import { layWorld } from '../../conformance/world/world.ts';

const world = await layWorld();
const target: Target = {
  host: places.balancer.addresses.IPv4,
  port: apiserverPort,
  authorityPem: world.authority.certificatePem,
  client: world.client,
};
/** Waited for at most. */
const patienceMs = 20_000;

export interface FaultWorld {
  /** `kill -9`, and started again. */
  killed(
    name: BalancerName,
  ): Promise<{ readonly whileGone: string; readonly onceBack: string; readonly newOnes: string }>;
  /** Somebody serves there already. @returns what it says */
  portTaken(name: BalancerName): Promise<string>;
  /** One of three behaves like this. @returns who got twelve connections */
  strange(name: BalancerName, behaviour: 'reset' | 'garbage'): Promise<string>;
}

serveCalls({
  killed: async (name) => {
    await restore();
    const first = await startBalancerProcess(world);
    await serve(first, name);
    using held = await raw(target, 'echo');
    held.socket.on('data', () => undefined);
    await first.die().catch(() => undefined);
    const whileGone = await state(held);
    const second = await startBalancerProcess(world);
    await serve(second, name);
    const onceBack = await state(held);
    const asked = await Promise.all(Array.from({ length: 6 }, () => ask(target)));
    await second.stop();
    return { whileGone, onceBack, newOnes: countsOf(asked.map(({ is }) => is)) };
  },
  portTaken: async (name) => {
    await restore();
    const first = await startBalancerProcess(world);
    const second = await startBalancerProcess(world);
    await serve(first, 'userspace');
    try {
      await serve(second, name);
      return 'it started';
    } catch (error) {
      return String(error);
    } finally {
      await second.stop();
      await first.stop();
    }
  },
  strange: async (name, behaviour) => {
    await restore();
    const balancer = await startBalancerProcess(world);
    await world.backends[0].behave(behaviour);
    await serve(balancer, name, [2, 3]);
    const others = 'backend-2 ×6, backend-3 ×6';
    const started = performance.now();
    for (;;) {
      const asked = await Promise.all(Array.from({ length: 12 }, () => ask(target)));
      const seen = countsOf(asked.map((one) => (one.is === 'answered' ? one.who.name : one.code)));
      if (seen === others || performance.now() - started > patienceMs) {
        await balancer.stop();
        return seen;
      }
    }
  },
} satisfies FaultWorld);
process.send?.('ready');

async function restore(): Promise<void> {
  await Promise.all(world.backends.map((backend) => backend.restore()));
}

/** Resolves when these are ready. */
async function serve(
  balancer: BalancerCalls,
  name: BalancerName,
  ready: readonly number[] = backendNumbers,
): Promise<void> {
  await balancer.start(name, agentOptions(world, {}));
  await balancer.setBackends(backendNumbers.map((number) => wantedBackend(number)));
  for (;;) {
    const conditions = Object.values((await balancer.conditions()) ?? {});
    if (conditions.filter((one) => one === 'ready').length === ready.length) return;
    await wait(10);
  }
}

async function state(held: Held): Promise<string> {
  const before = held.received();
  held.socket.write('x');
  const started = performance.now();
  while (performance.now() - started < patienceMs) {
    if (held.end() !== null) return 'ended';
    if (held.received() > before) return 'lives';
    await wait(10);
  }
  return 'silent';
}
