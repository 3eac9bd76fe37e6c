/** What the lab lends to a proof: apiservers of its own, which end with it. */
import { join } from 'node:path';
import type { LabMachines, Laboratory } from '../proxies/kit/proof.ts';
import type { Lab } from './index.ts';
import { formatEndpoint } from './network/endpoint.ts';
import { apiserverLoadBalancer, apiserverPort, ranges } from './topology.ts';

export interface LaboratoryOptions {
  /** The proof's own directory; whoever made it removes it. */
  readonly directory: string;
  readonly signal: AbortSignal;
}

/** What of a running lab is lent; of a cluster of the reader's, the kubeconfig alone. */
export type LentLab = Pick<Lab, 'kubeconfigPath'> &
  Partial<Pick<Lab, 'mode' | 'machines' | 'run' | 'connect' | 'onHop'>>;

/** A laboratory in front of the running lab, or of the cluster whose kubeconfig is given. */
export function createLaboratory(
  lab: LentLab,
  { directory, signal }: LaboratoryOptions,
): Laboratory {
  let started = 0;
  const startApiservers: Laboratory['startApiservers'] = async (count, options) => {
    signal.throwIfAborted();
    started += 1;
    const own = join(directory, `cluster-${started}`);
    // The lab's own apiservers are other processes: until a proof wants one, this one has none in it.
    const { startRecordingCluster } = await import('./recording-apiserver.ts');
    const cluster = await startRecordingCluster(own, count, options);
    if (signal.aborted) await cluster[Symbol.asyncDispose]();
    signal.throwIfAborted();
    signal.addEventListener('abort', () => void cluster[Symbol.asyncDispose](), { once: true });
    return cluster;
  };
  return {
    directory,
    signal,
    clusterKubeconfig: lab.kubeconfigPath,
    machines: machinesOf(lab, signal),
    startApiservers,
    startApiserver: async (options) => {
      const cluster = await startApiservers(1, options);
      const [apiserver] = cluster.apiservers;
      if (!apiserver) throw new Error('no apiserver was started');
      return { ...apiserver, [Symbol.asyncDispose]: () => cluster[Symbol.asyncDispose]() };
    },
  };
}

function machinesOf(
  { mode, machines, run, connect, onHop }: LentLab,
  signal: AbortSignal,
): LabMachines | null {
  if (mode !== 'isolated' || !run || !connect || !onHop) return null;
  return {
    server: `https://${apiserverLoadBalancer.addresses[0]}:${apiserverLoadBalancer.port}`,
    apiservers: apiserversAmong(machines?.() ?? []),
    outside: 'client',
    inside: 'node-1',
    networks: { pods: ranges.pods, nodes: ranges.cluster },
    run: (machine, argv, stdin) => run(machine, argv, { stdin, signal }),
    connect: (from, request) => connect(from, request, { signal }),
    onHop,
  };
}

function apiserversAmong(machines: ReturnType<Lab['machines']>): readonly string[] {
  const apiservers = machines.filter(({ role }) => role === 'apiserver');
  return apiservers.flatMap(({ addresses }) =>
    addresses.map((address) => formatEndpoint(address, apiserverPort)),
  );
}
