/** Thousands of changes under load, and whether what they leave is what a fresh start would make. */
import { readdirSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { raw, watch, type Held, type Target } from '../conformance/world/client.ts';
import type { BalancerName } from '../conformance/world/balancer-methods.ts';
import { apiserverPort, backendAt, backendNumbers, places } from '../conformance/world/places.ts';
import { agentOptions, wantedBackend, type BalancerCalls } from '../conformance/world/stage.ts';
import type { World } from '../conformance/world/world.ts';
import { randomChanges, type Change } from './changes.ts';
import { startLoad } from './load.ts';
import { steadyState, untilReady } from './state.ts';

export interface ChurnOptions {
  readonly balancer: BalancerName;
  readonly changes: number;
  readonly seed: number;
}

export interface ChurnReport {
  readonly changes: number;
  readonly killed: number;
  readonly tookMs: number;
  readonly requests: number;
  /** By code; while somebody is being killed, and at all other times. */
  readonly failedAtKills: number;
  readonly failed: Readonly<Record<string, number>>;
  /** Watches and echoing streams to a backend that was there all the time. */
  readonly held: number;
  readonly alive: number;
  /** What the kernel was told and what listens, after the changes and after a fresh start. */
  readonly churned: readonly string[];
  readonly fresh: readonly string[];
  /** After a fifth of the changes, and at the end. */
  readonly openFiles: readonly [early: number, late: number];
  readonly heapBytes: readonly [early: number, late: number];
  readonly rssBytes: readonly [early: number, late: number];
  /** Counted when only the held ones are left. */
  readonly active: number | null;
}

const heldCount = 6;

export async function churn(
  world: World,
  balancer: BalancerCalls,
  { balancer: name, changes, seed }: ChurnOptions,
): Promise<ChurnReport> {
  const target: Target = {
    host: places.balancer.addresses.IPv4,
    port: apiserverPort,
    authorityPem: world.authority.certificatePem,
    client: world.client,
  };
  const start = async () => {
    const check = { intervalMs: 200, timeoutMs: 2_000 };
    await balancer.start(name, agentOptions(world, { options: { check } }));
    await balancer.setBackends(backendNumbers.map((number) => wantedBackend(number)));
    await untilReady(balancer);
  };
  await start();
  await using owned = new AsyncDisposableStack();
  const held: Held[] = [];
  while (held.length < heldCount) {
    const one = await (held.length % 2 === 0 ? watch(target) : raw(target, 'echo'));
    if (one.backend === 'backend-3') held.push(owned.use(one));
    else one.socket.destroy();
  }
  const load = startLoad(target);
  const weigh = async () => ({ ...(await balancer.weigh()), files: await openFiles(balancer) });

  const began = performance.now();
  let early = await weigh();
  let killed = 0;
  const [first, second, third] = world.backends;
  const victims = { 1: first, 2: second } as const;
  for (const [number, change] of randomChanges(changes, seed).entries()) {
    if (change.is === 'killed') {
      killed++;
      await load.forgive(async () => {
        await victims[change.number].kill();
        await untilMissed(balancer, backendAt(change.number).name);
      });
      await victims[change.number].restore();
    } else {
      await apply(change, balancer, victims);
    }
    // Clients come between changes.
    if (number % 10 === 9) await load.oneMore();
    if (number === Math.floor(changes / 5)) early = await weigh();
  }
  const tookMs = performance.now() - began;
  await Promise.all(world.backends.map((backend) => backend.setReady(true)));
  await balancer.setBackends(backendNumbers.map((number) => wantedBackend(number)));
  await untilReady(balancer);
  const loaded = await load.stop();
  const alive = await countAlive(held, () => third.tick());
  const active = await settled(balancer, held.length);
  const late = await weigh();
  const churned = await steadyState(balancer);
  await balancer.stop();
  await start();
  const fresh = await steadyState(balancer);
  await balancer.stop();
  return {
    ...{ changes, killed, tookMs, ...loaded, held: held.length, alive, churned, fresh, active },
    openFiles: [early.files, late.files],
    heapBytes: [early.heapBytes, late.heapBytes],
    rssBytes: [early.rssBytes, late.rssBytes],
  };
}

async function apply(
  change: Exclude<Change, { is: 'killed' }>,
  balancer: BalancerCalls,
  victims: Readonly<Record<1 | 2, World['backends'][number]>>,
): Promise<void> {
  if (change.is === 'list') {
    await balancer.setBackends(change.backends.map((listed) => wantedBackend(listed)));
  } else {
    await victims[change.number].setReady(change.isReady);
  }
}

async function countAlive(held: readonly Held[], tick: () => Promise<unknown>): Promise<number> {
  const before = held.map((one) => one.received());
  for (const { socket } of held) socket.on('data', () => undefined);
  for (const [index, { socket }] of held.entries()) if (index % 2 === 1) socket.write('x');
  await tick();
  const deadline = performance.now() + 10_000;
  const areAlive = () =>
    held.filter((one, at) => one.end() === null && one.received() > (before[at] ?? 0));
  while (areAlive().length < held.length && performance.now() < deadline) await wait(10);
  return areAlive().length;
}

async function settled(balancer: BalancerCalls, count: number): Promise<number | null> {
  const deadline = performance.now() + 15_000;
  for (;;) {
    const active = (await balancer.counts())?.active ?? null;
    if (active === count || performance.now() > deadline) return active;
    await wait(50);
  }
}

/** Until it is no longer thought to be well. */
async function untilMissed(balancer: BalancerCalls, name: string): Promise<void> {
  while ((await balancer.conditions())?.[name] === 'ready') await wait(5);
  // What was decided is in force.
  await wait(100);
}

async function openFiles(balancer: BalancerCalls): Promise<number> {
  return readdirSync(`/proc/${await balancer.processId()}/fd`).length;
}
