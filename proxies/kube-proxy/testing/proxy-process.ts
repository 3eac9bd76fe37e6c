/** For tests and benchmarks: a kube-proxy in a process of its own, in the network namespace of whoever starts it. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import runtime from '../runtime.json' with { type: 'json' };
import type { SyncReport } from '../sync-report.ts';

export interface ProxyProcess extends AsyncDisposable {
  readonly pid: number;
  /** The first sync of each family. */
  readonly firstSyncs: readonly SyncReport[];
  /** From when the process had loaded its code until all was written. */
  readonly syncedMs: number;
  readonly healthzAddress: string;
  readonly metricsAddress: string;
  residentBytes(): number;
  /** Without a chance to tidy up. */
  kill(): Promise<void>;
}

export interface ProxyProcessOptions {
  readonly server: string;
  readonly podCIDRs: readonly string[];
  readonly minSyncPeriodMs?: number;
}

/** What the process tells once it has synced. */
export type Synced = Pick<
  ProxyProcess,
  'firstSyncs' | 'syncedMs' | 'healthzAddress' | 'metricsAddress'
>;

const program = fileURLToPath(new URL('proxy-main.ts', import.meta.url));

/** Resolves when everything has been written. @throws Error when it ended before */
export async function startProxyProcess(options: ProxyProcessOptions): Promise<ProxyProcess> {
  const child = fork(program, [JSON.stringify(options)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    // As the command runs.
    execArgv: runtime.nodeFlags,
    env: { ...process.env, ...runtime.env },
  });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the kube-proxy ended with ${String(code)}`);
  });
  ended.catch(() => undefined);
  const [synced] = (await Promise.race([once(child, 'message'), ended])) as [Synced];
  const pid = child.pid ?? 0;
  return {
    ...synced,
    pid,
    residentBytes: () =>
      1024 *
      Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? NaN),
    kill: () => end(child, 'SIGKILL'),
    [Symbol.asyncDispose]: () => end(child, 'SIGTERM'),
  };
}

async function end(child: ChildProcess, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}
