/** A pod without a node: its workload runs on a loopback address of its own, and its log can be read. */
import type { ContainerPort, StartWorkload, Workload, WorkloadContext } from '../workload.ts';

export interface Pod extends AsyncDisposable {
  readonly address: string;
  readonly workload: Workload;
  readonly logged: readonly string[];
}

export interface PodOptions {
  readonly args?: readonly string[];
  readonly ports?: readonly ContainerPort[];
  readonly connectApi?: WorkloadContext['connectApi'];
}

const httpPort: ContainerPort = { name: 'http', containerPort: 8080, protocol: 'TCP' };
let runs = 0;

/** Runs a workload as the container of `default/web-0`; without ports of its own it has `http`, 8080. */
export async function runPod(
  start: StartWorkload,
  { args = [], ports = [httpPort], connectApi }: PodOptions = {},
): Promise<Pod> {
  runs += 1;
  // Of this process and this run alone: tests run beside each other.
  const address = `127.${100 + (process.pid % 100)}.${(process.pid >> 7) % 250}.${runs}`;
  const logged: string[] = [];
  const workload = await start({
    addresses: [address],
    ports,
    args,
    env: {},
    pod: {
      name: 'web-0',
      namespace: 'default',
      uid: '5a1f0a3c-0000-4000-8000-000000000000',
      nodeName: 'node-1',
      labels: { app: 'web' },
    },
    containerName: 'web',
    ...(connectApi && { connectApi }),
    log: (line) => void logged.push(line),
  });
  return {
    address,
    workload,
    logged,
    [Symbol.asyncDispose]: () => workload[Symbol.asyncDispose](),
  };
}
