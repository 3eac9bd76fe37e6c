/** Runs a command for somebody outside, as a container runtime would. */
import type { ApiClient } from '../../../proxies/kit/api/api-client.ts';
import type { Container } from '../pods/container.ts';
import type { PodWorker } from '../pods/pod-worker.ts';
import type { ProcessStreams } from '../streams/process-streams.ts';

export interface RunRequest {
  readonly client: ApiClient;
  readonly worker: PodWorker;
  readonly container: Container;
  readonly command: readonly string[];
  readonly streams: ProcessStreams;
}

/** Resolves with the exit code. */
export async function runInContainer({ command, streams }: RunRequest): Promise<number> {
  const [name = ''] = command;
  if (name === 'echo') {
    streams.stdout.write(`${command.slice(1).join(' ')}\n`);
    return 0;
  }
  const reason = `exec: "${name}": executable file not found in $PATH: unknown`;
  const runtime = 'OCI runtime exec failed: exec failed: unable to start container process';
  streams.stderr.write(`${runtime}: ${reason}\n`);
  return 127;
}
