/** The whole lab: how soon its machines and pods are ready, and what all its processes weigh together. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Figure } from './figure.ts';
import { descendants, type Descendant } from './process-tree.ts';
import { startLabHost } from './processes.ts';

/** By then the work of the start is done, and its garbage has been collected. */
const settledAfterMs = 4_000;

/**
 * The state stays between rounds, as a reader's does: only the first makes keys and objects. The host is
 * a process of its own, and is weighed with the others.
 */
export async function measureCluster(rounds: number): Promise<readonly Figure[]> {
  await using stack = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), 'hop-bench-'));
  stack.defer(() => rm(directory, { recursive: true }));
  const first = await startOnce(directory);
  const later = [];
  for (let round = 0; round < rounds; round += 1) later.push(await startOnce(directory));
  const all = later.map(({ processes }) => processes);
  return [
    { what: 'start to ready: lab, first', unit: 'ms', values: [first.readyMs] },
    { what: 'start to ready: lab', unit: 'ms', values: later.map(({ readyMs }) => readyMs) },
    ...first.processes.map(({ program }, index) => ({
      what: `resident: ${program}`,
      unit: 'MB' as const,
      values: all.map((processes) => (processes[index]?.residentBytes ?? NaN) / 1e6),
    })),
    { what: 'resident: sum', unit: 'MB', values: all.map(sumMb) },
  ];
}

async function startOnce(directory: string) {
  await using host = await startLabHost(directory);
  await pause(settledAfterMs);
  const processes = (await descendants()).toSorted((one, other) =>
    one.program < other.program ? -1 : 1,
  );
  return { readyMs: host.readyMs, processes };
}

function sumMb(processes: readonly Descendant[]): number {
  return processes.reduce((sum, { residentBytes }) => sum + residentBytes, 0) / 1e6;
}
