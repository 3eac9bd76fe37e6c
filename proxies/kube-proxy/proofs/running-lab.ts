/** The running lab as a world: its machines, and what its API says of them. */
import type { Laboratory, LabMachines } from '../../kit/proof.ts';
import { readCluster, type ClusterFacts, type KnownEndpoint } from './cluster-facts.ts';

export interface RunningLab extends AsyncDisposable {
  readonly machines: LabMachines;
  readonly cluster: ClusterFacts;
}

/** Nothing of it is ours to change, or to end. */
export async function runningLab({ machines, clusterKubeconfig }: Laboratory): Promise<RunningLab> {
  if (!machines) throw new Error('the lab has no machines with networks of their own');
  const cluster = await readCluster(clusterKubeconfig);
  return { machines, cluster, [Symbol.asyncDispose]: () => cluster[Symbol.asyncDispose]() };
}

/** Pods that connect: those behind a Service that no proof connects to. */
export async function clientPods({ cluster }: RunningLab): Promise<readonly KnownEndpoint[]> {
  const pods = await cluster.endpointsOf('shop/catalog');
  if (pods.length === 0) throw new Error('none of the lab’s pods is ready');
  return pods;
}

/** @throws Error when the cluster has no such port */
export function addressOf({ cluster }: RunningLab, name: string): { host: string; port: number } {
  const known = cluster.ports.find((port) => port.name === name);
  if (!known) throw new Error(`the cluster has no Service ${name}`);
  return { host: known.clusterIP, port: known.port };
}

/** For an answer that is to come: a machine may be busy. */
export const patienceMs = 6000;
