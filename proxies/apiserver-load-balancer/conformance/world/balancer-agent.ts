/** Whoever balances, in a process of its own: started anew for each case. */
import { readlinkSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { BalancerOptions, RunningBalancer } from '../../balancer.ts';
import type { ForwardingPlan } from '../../dataplane.ts';
import { startHopBalancer } from '../../hop-balancer.ts';
import { startHaproxy } from '../../implementations/haproxy/start.ts';
import { startNginx } from '../../implementations/nginx/start.ts';
import { loadDataplane, type CreateDataplane } from '../../load-dataplane.ts';
import type { BalancerAgent, BalancerName } from './balancer-methods.ts';

export function createBalancerAgent(): BalancerAgent {
  let running: RunningBalancer | null = null;
  let owned: AsyncDisposableStack | null = null;
  let said: string[] = [];
  let applied: AppliedPlan[] = [];
  const current = () => {
    if (running === null) throw new Error('Nobody balances.');
    return running;
  };
  return {
    start: async (name, options) => {
      said = [];
      applied = [];
      await using opening = new AsyncDisposableStack();
      const all = { ...options, log: (line: string) => void said.push(line) };
      running = await start(name, all, opening, (plan) => applied.push({ at: now(), plan }));
      opening.use(running);
      running.failed.catch((error: unknown) => said.push(`failed: ${String(error)}`));
      owned = opening.move();
      return running.addresses;
    },
    setBackends: (backends) => current().setBackends(backends),
    conditions: async () => {
      const statuses = await current().statuses();
      if (statuses === null) return null;
      return Object.fromEntries(
        statuses.map(({ backend, condition }) => [backend.name, condition]),
      );
    },
    connections: () => current().connections(),
    counts: async () => {
      const counts = await current().counts();
      if (counts === null) return null;
      const { active, ...others } = counts;
      return { ...others, active: [...active.values()].reduce((sum, one) => sum + one, 0) };
    },
    switchedAt: async (since, backend) => {
      const isWithout = ({ at, plan }: AppliedPlan) =>
        at >= since && plan.eligible.every(({ name }) => name !== backend);
      return applied.find(isWithout)?.at ?? null;
    },
    said: async () => said,
    die: async () => void process.kill(process.pid, 'SIGKILL'),
    processId: async () => Number(readlinkSync('/proc/self')),
    weigh: async () => {
      collectGarbage();
      const { heapUsed, rss } = process.memoryUsage();
      return { heapBytes: heapUsed, rssBytes: rss };
    },
    stop: async () => {
      const ending = owned;
      owned = null;
      running = null;
      await ending?.disposeAsync();
    },
  };
}

async function start(
  name: BalancerName,
  options: BalancerOptions,
  owned: AsyncDisposableStack,
  onApplied: (plan: ForwardingPlan) => void,
): Promise<RunningBalancer> {
  if (name === 'userspace' || name === 'nftables') {
    const create = await loadDataplane(name);
    return startHopBalancer({
      ...options,
      dataplane: name,
      createDataplane: watched(create, onApplied),
    });
  }
  const directory = await mkdtemp(join(tmpdir(), 'balancer-'));
  owned.defer(() => rm(directory, { recursive: true, force: true }));
  const start = { nginx: startNginx, haproxy: startHaproxy }[name];
  return start({ ...options, directory });
}

interface AppliedPlan {
  /** Of the system's clock, in milliseconds. */
  readonly at: number;
  readonly plan: ForwardingPlan;
}

/** Tells each plan once it is in force. */
function watched(
  create: CreateDataplane,
  onApplied: (plan: ForwardingPlan) => void,
): CreateDataplane {
  return async (options) => {
    const dataplane = await create(options);
    return {
      kind: dataplane.kind,
      addresses: dataplane.addresses,
      apply: async (plan) => {
        await dataplane.apply(plan);
        onApplied(plan);
      },
      connections: () => dataplane.connections(),
      counts: () => dataplane.counts(),
      onConnection: (listener) => dataplane.onConnection(listener),
      [Symbol.asyncDispose]: () => dataplane[Symbol.asyncDispose](),
    };
  };
}

function now(): number {
  return performance.timeOrigin + performance.now();
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  // What V8 has under this name then.
  const collect = runInNewContext('gc') as () => void;
  collect();
}
