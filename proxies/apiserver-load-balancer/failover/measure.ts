/** One scenario, with one balancer: what clients notice of it. */
import { setTimeout as wait } from 'node:timers/promises';
import { ask, raw, watch, type Held, type Target } from '../conformance/world/client.ts';
import type { BalancerName } from '../conformance/world/balancer-methods.ts';
import { apiserverPort, backendAt, backendNumbers, places } from '../conformance/world/places.ts';
import { agentOptions, wantedBackend, type BalancerCalls } from '../conformance/world/stage.ts';
import type { World } from '../conformance/world/world.ts';
import { now, type Load, type LoadedRequest } from './load.ts';
import { settings, type Scenario } from './scenario.ts';

export interface Failover {
  /** Begun after it happened. */
  readonly requests: number;
  readonly failed: number;
  /** Begun before it happened, and failed after: some had been answered in part. */
  readonly cutShort: number;
  /** By code. */
  readonly failures: Readonly<Record<string, number>>;
  /** Of those begun after it happened that were answered. */
  readonly slowestMs: number;
  /** The same before it happened: what the machine itself costs. */
  readonly slowestBeforeMs: number;
  /** From when it happened until the last that failed had begun; 0: none failed; null: they fail until the end. */
  readonly untilNoneFailsMs: number | null;
  /** Until new connections are sent elsewhere; null where it does not say. */
  readonly switchedMs: number | null;
  /** Until the last connection to that backend has ended; null: not while it was looked at. */
  readonly idleEndedMs: number | null;
  readonly busyEndedMs: number | null;
  /** Connections to the other backends that have ended: none should. */
  readonly othersEnded: number;
}

export interface MeasureOptions {
  readonly scenario: Scenario;
  readonly balancer: BalancerName;
  readonly requestsPerSecond: number;
  readonly observedMs: number;
  readonly checkTimeoutMs?: number;
}

interface Measured {
  readonly world: World;
  readonly balancer: BalancerCalls;
  readonly load: Load;
}

export async function measure(
  { world, balancer, load }: Measured,
  { scenario, balancer: name, requestsPerSecond, observedMs, ...given }: MeasureOptions,
): Promise<Failover> {
  await Promise.all(world.backends.map((backend) => backend.restore()));
  const target: Target = {
    host: places.balancer.addresses.IPv4,
    port: apiserverPort,
    authorityPem: world.authority.certificatePem,
    client: world.client,
  };
  const { checkIntervalMs, checkTimeoutMs, rise, fall, dialTimeoutMs } = { ...settings, ...given };
  await balancer.start(
    name,
    agentOptions(world, {
      options: {
        listen: [{ host: '0.0.0.0', port: apiserverPort }],
        dialTimeoutMs,
        drainTimeoutMs: 60_000,
        check: { intervalMs: checkIntervalMs, timeoutMs: checkTimeoutMs, rise, fall },
      },
    }),
  );
  try {
    await balancer.setBackends(backendNumbers.map((number) => wantedBackend(number)));
    await untilServing(balancer, target);
    await using held = new AsyncDisposableStack();
    const open = (make: () => Promise<Held>) => openMany(settings.idleWatches, make, held);
    const idle = await open(() => watch(target));
    const busy = await open(() => raw(target, 'echo'));
    const talk = setInterval(() => {
      for (const { socket } of busy) if (socket.writable) socket.write('.');
    }, 20);
    held.defer(() => clearInterval(talk));
    for (const { socket } of busy) socket.on('data', () => undefined);
    const ends = new Map<Held, number>();
    for (const one of [...idle, ...busy]) void one.ended.then(() => ends.set(one, now()));

    const { timeoutMs, ...loaded } = { timeoutMs: settings.requestTimeoutMs, ...target };
    await load.start({ ...loaded, timeoutMs, perSecond: requestsPerSecond });
    await wait(settings.warmUpMs);
    const [victim] = world.backends;
    const happenedAt = now();
    await scenario.act(victim);
    // A cut takes a while to be made; whoever is killed is gone before that is told.
    const doneAt = scenario.isInForceOnceDone === true ? now() : happenedAt;
    let endedAt = happenedAt;
    if (scenario.endsAfterMs !== undefined) {
      await wait(scenario.endsAfterMs);
      endedAt = now();
      await victim.kill();
    }
    await wait(observedMs);
    const overAt = now();
    const requests = await load.stop();
    const switchedAt = await balancer.switchedAt(happenedAt, backendAt(1).name);
    const lastEnd = (all: readonly Held[]) => {
      const own = all.filter(({ backend }) => backend === victim.name);
      const times = own.map((one) => ends.get(one) ?? Infinity);
      const last = Math.max(...times);
      return own.length === 0 || last > overAt ? null : last - endedAt;
    };
    return {
      ...noticed(requests, happenedAt, doneAt, overAt),
      switchedMs: switchedAt === null ? null : switchedAt - happenedAt,
      idleEndedMs: lastEnd(idle),
      busyEndedMs: lastEnd(busy),
      othersEnded: [...ends].filter(([{ backend }, at]) => backend !== victim.name && at < overAt)
        .length,
    };
  } finally {
    await balancer.stop();
  }
}

/** What is still failing a second before the end is not over. */
const stillMs = 1_000;

function noticed(
  requests: readonly LoadedRequest[],
  happenedAt: number,
  doneAt: number,
  overAt: number,
) {
  const before = requests.filter(({ startedAt, tookMs }) => startedAt + tookMs < happenedAt);
  const begun = requests.filter(({ startedAt }) => startedAt >= doneAt);
  const inFlight = requests.filter((one) => !before.includes(one) && !begun.includes(one));
  const failed = begun.filter((one) => one.failed !== null);
  const failures = Map.groupBy(failed, (one) => one.failed ?? '');
  const lastFailed = Math.max(0, ...failed.map(({ startedAt }) => startedAt - happenedAt));
  return {
    requests: begun.length,
    failed: failed.length,
    cutShort: inFlight.filter((one) => one.failed !== null).length,
    failures: Object.fromEntries([...failures].map(([code, all]) => [code, all.length])),
    slowestMs: slowest(begun),
    slowestBeforeMs: slowest(before),
    untilNoneFailsMs: lastFailed > overAt - happenedAt - stillMs ? null : lastFailed,
  };
}

function slowest(requests: readonly LoadedRequest[]): number {
  return Math.max(
    0,
    ...requests.flatMap(({ failed, tookMs }) => (failed === null ? [tookMs] : [])),
  );
}

async function openMany(
  count: number,
  make: () => Promise<Held>,
  owned: AsyncDisposableStack,
): Promise<readonly Held[]> {
  const all: Held[] = [];
  for (let index = 0; index < count; index++) all.push(owned.use(await make()));
  return all;
}

async function untilServing(balancer: BalancerCalls, target: Target): Promise<void> {
  for (let inARow = 0; inARow < 2 * backendNumbers.length;) {
    const conditions = await balancer.conditions();
    const isReady = Object.values(conditions ?? {}).every((condition) => condition === 'ready');
    inARow = isReady && (await ask(target)).is === 'answered' ? inARow + 1 : 0;
    if (inARow === 0) await wait(10);
  }
}
