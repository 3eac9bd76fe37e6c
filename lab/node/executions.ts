/** Commands in containers: the shell is loaded by the first of them. */
import type { ApiClient } from '../../proxies/kit/api/api-client.ts';
import type { StartWorkload } from '../workloads/workload.ts';
import type { Container } from './pods/container.ts';
import { expand as expandVariables } from './pods/environment.ts';
import type { PodWorker } from './pods/pod-worker.ts';
import type { ProcessStreams } from './streams/process-streams.ts';

export interface Executions {
  /** Runs a command in a running container; resolves with its exit code. */
  run(
    worker: PodWorker,
    container: Container,
    command: readonly string[],
    streams: ProcessStreams,
  ): Promise<number>;
  /** The program of a container that names a command of its own. */
  readonly startCommand: (worker: PodWorker, container: Container) => StartWorkload;
}

export interface ExecutionContext {
  readonly client: ApiClient;
  /** The servers of a pod's /etc/resolv.conf: `--cluster-dns`. */
  readonly nameservers: readonly string[];
}

export function createExecutions(context: ExecutionContext): Executions {
  return {
    run: async (worker, container, command, streams) => {
      const { runInContainer } = await import('./shell/run-in-container.ts');
      return runInContainer({ ...context, worker, container, command, streams });
    },
    startCommand: (worker, container) => async (started) => {
      const { startCommand } = await import('./shell/command-workload.ts');
      const { command = [], args = [] } = container.spec;
      const expand = (word: string) => expandVariables(word, started.env);
      const words = [...command, ...args].map(expand);
      return startCommand({ ...context, worker, container, command: words }, started);
    },
  };
}

/** A command without input, for probes and `/run`: its exit code, and what it wrote. */
export async function capture(
  executions: Executions,
  worker: PodWorker,
  container: Container,
  command: readonly string[],
  signal: AbortSignal,
): Promise<{ readonly code: number; readonly output: string }> {
  const { capturedStreams } = await import('./streams/process-streams.ts');
  const { streams, output } = capturedStreams(signal);
  const code = await executions.run(worker, container, command, streams);
  return { code, output: output() };
}
