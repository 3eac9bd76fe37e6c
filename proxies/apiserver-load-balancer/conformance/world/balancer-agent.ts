/** Whoever balances, in a process of its own: started anew for each case. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WantedBackend } from '../../backend.ts';
import type { BalancerOptions, RunningBalancer } from '../../balancer.ts';
import type { ForwardedConnection } from '../../dataplane.ts';
import { startHopBalancer } from '../../hop-balancer.ts';
import { startHaproxy } from '../../implementations/haproxy/start.ts';
import { startNginx } from '../../implementations/nginx/start.ts';

/** Who can be asked to balance. */
export const balancerNames = ['userspace', 'nftables', 'nginx', 'haproxy'] as const;
export type BalancerName = (typeof balancerNames)[number];

/** What can be told through a channel. */
export type AgentOptions = Omit<BalancerOptions, 'log'>;

export interface BalancerAgent {
  /** @returns where it serves */
  start(name: BalancerName, options: AgentOptions): Promise<readonly string[]>;
  setBackends(backends: readonly WantedBackend[]): Promise<void>;
  /** The condition of each, by name; null where it does not say. */
  conditions(): Promise<Readonly<Record<string, string>> | null>;
  connections(): Promise<readonly ForwardedConnection[] | null>;
  counts(): Promise<Readonly<Record<string, number | null>> | null>;
  /** What it said so far. */
  said(): Promise<readonly string[]>;
  /** `kill -9`, of itself. */
  die(): Promise<void>;
  weigh(): Promise<{ readonly heapBytes: number; readonly rssBytes: number }>;
  stop(): Promise<void>;
}

export function createBalancerAgent(): BalancerAgent {
  let running: RunningBalancer | null = null;
  let owned: AsyncDisposableStack | null = null;
  let said: string[] = [];
  const current = () => {
    if (running === null) throw new Error('Nobody balances.');
    return running;
  };
  return {
    start: async (name, options) => {
      said = [];
      await using opening = new AsyncDisposableStack();
      running = await start(name, { ...options, log: (line) => said.push(line) }, opening);
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
    said: async () => said,
    die: async () => void process.kill(process.pid, 'SIGKILL'),
    weigh: async () => {
      globalThis.gc?.();
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
): Promise<RunningBalancer> {
  if (name === 'userspace' || name === 'nftables') {
    return startHopBalancer({ ...options, dataplane: name });
  }
  const directory = await mkdtemp(join(tmpdir(), 'balancer-'));
  owned.defer(() => rm(directory, { recursive: true, force: true }));
  const start = { nginx: startNginx, haproxy: startHaproxy }[name];
  return start({ ...options, directory });
}
