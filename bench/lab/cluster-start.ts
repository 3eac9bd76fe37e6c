/** The whole cluster: how soon every machine is ready, and what all processes weigh together. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCluster } from '../../lab/cluster.ts';
import type { Figure } from './figure.ts';
import { descendants, type Descendant } from './process-tree.ts';

/** The state stays between rounds, as a reader's does: only the first makes keys and objects. */
export async function measureCluster(rounds: number): Promise<readonly Figure[]> {
  await using stack = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), 'hop-bench-'));
  stack.defer(() => rm(directory, { recursive: true }));
  const first = await startOnce(directory);
  const later = [];
  for (let round = 0; round < rounds; round += 1) later.push(await startOnce(directory));
  const all = later.map(({ processes }) => processes);
  return [
    { what: `start to ready: cluster (${first.mode}), first`, unit: 'ms', values: [first.readyMs] },
    {
      what: `start to ready: cluster (${first.mode})`,
      unit: 'ms',
      values: later.map(({ readyMs }) => readyMs),
    },
    ...first.processes.map(({ program }, index) => ({
      what: `resident: ${program}`,
      unit: 'MB' as const,
      values: all.map((processes) => (processes[index]?.residentBytes ?? NaN) / 1e6),
    })),
    { what: 'resident: this host process', unit: 'MB', values: [process.memoryUsage.rss() / 1e6] },
    { what: 'resident: sum without the host', unit: 'MB', values: all.map(sumMb) },
  ];
}

async function startOnce(directory: string) {
  const startedAt = performance.now();
  await using cluster = await startCluster({ directory });
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const look = () => {
    const machines = cluster.machines().filter(({ role }) => role !== 'client');
    if (machines.length > 0 && machines.every(({ state }) => state === 'ready')) resolve(undefined);
  };
  using listening = cluster.onChange(look);
  look();
  await promise;
  listening[Symbol.dispose]();
  const readyMs = performance.now() - startedAt;
  const processes = (await descendants()).toSorted((one, other) =>
    one.program < other.program ? -1 : 1,
  );
  return { readyMs, processes, mode: cluster.mode };
}

function sumMb(processes: readonly Descendant[]): number {
  return processes.reduce((sum, { residentBytes }) => sum + residentBytes, 0) / 1e6;
}
