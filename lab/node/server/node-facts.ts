/** What the kubelet's port shows, and acts on. */
import type { Container } from '../pods/container.ts';
import type { PodManager } from '../pods/pod-manager.ts';
import type { PodWorker } from '../pods/pod-worker.ts';
import type { Executions } from '../executions.ts';
import { HttpProblem } from './http-problem.ts';

export interface NodeFacts {
  readonly nodeName: string;
  readonly pods: PodManager;
  readonly executions: Executions;
  /** The node's own log files, by name. */
  readonly logs: ReadonlyMap<string, () => string>;
}

/** @throws HttpProblem 404 */
export function demandPod({ pods }: NodeFacts, namespace: string, name: string): PodWorker {
  const worker = pods.find(namespace, name);
  if (!worker) throw new HttpProblem(404, 'pod does not exist');
  return worker;
}

/** A container that runs. @throws HttpProblem in the kubelet's words for one that does not */
export function demandRunning(worker: PodWorker, name: string): Container {
  const container = worker.containers.get(name);
  if (!container || !('running' in container.status.state)) {
    throw new HttpProblem(500, `container not found ("${name}")`);
  }
  return container;
}
