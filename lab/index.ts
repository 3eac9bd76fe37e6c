/** The lab: a Kubernetes-shaped cluster on this machine. */
import { createApiClient } from '../proxies/kit/api/api-client.ts';
import { gitVersion } from './apiserver/version.ts';
import { startCluster, type Cluster, type ClusterOptions } from './cluster.ts';
import { createConnect, type Connect } from './connect.ts';
import { untilApiserverReady } from './machines/until-apiserver-ready.ts';
import { applyManifests, readManifests } from './manifests.ts';
import { tellChanges } from './tell-changes.ts';
import { planMachines, defaultTopology } from './topology.ts';
import { untilReady } from './until-ready.ts';
import { openVisitors, type Visitor } from './visitors.ts';

export { createLaboratory } from './laboratory.ts';
export { LabInUseError } from './state-lock.ts';

export interface LabOptions extends ClusterOptions {
  /** What becomes of the machines, a line at a time. */
  readonly log?: (line: string) => void;
  /** How far the start has come, a line at a time. */
  readonly onProgress?: (line: string) => void;
  /** Then the lab is there, whatever a pod still waits for. */
  readonly readyWithinMs?: number;
}

export interface Lab extends Omit<Cluster, 'connection'> {
  /** Makes a namespace and a token for one visitor; disposing the visitor removes both. */
  createVisitor(id: string): Promise<Visitor>;
  /** The version it speaks, as `v1.33.1`. */
  readonly version: string;
  /** Makes TCP, UDP or SCTP connections from a machine or a pod. */
  readonly connect: Connect;
}

/** Machines that come up in this time have time for everything else. */
const makeWithinMs = 60_000;
const defaultReadyWithinMs = 20_000;

/**
 * Starts the lab; resolves when its apiservers, its nodes and its pods are ready.
 *
 * @throws LabInUseError, the system's error when the port is taken or the directory cannot be written,
 *   or an Error that says which machine does not come up, and why.
 */
export async function startLab(options: LabOptions): Promise<Lab> {
  const { log, onProgress = () => undefined, topology = defaultTopology } = options;
  await using starting = new AsyncDisposableStack();
  const cluster = starting.use(await startCluster(options));
  onProgress(cluster.reason === null ? 'isolated network laid' : `on loopback: ${cluster.reason}`);
  using following = tellChanges(cluster, onProgress);
  if (log) starting.use(tellChanges(cluster, log));
  const client = starting.use(createApiClient(cluster.connection));
  const objects = await readManifests(cluster.place);
  const late = AbortSignal.timeout(makeWithinMs);
  try {
    await untilApiserverReady(cluster.connection, late);
    await applyManifests(client, objects, late);
  } catch (error) {
    throw new Error(`The lab does not come up. ${problemsOf(cluster)}`, { cause: error });
  }
  onProgress(`${objects.length} objects made`);
  const nodes = planMachines(topology)
    .filter(({ role }) => role === 'node')
    .map(({ name }) => ({ kind: 'Node', metadata: { name } }));
  const visitors = await openVisitors(client);
  const unready = await untilReady(client, {
    objects: [...nodes, ...objects],
    cluster,
    signal: AbortSignal.timeout(options.readyWithinMs ?? defaultReadyWithinMs),
    onProgress: (left, name) => onProgress(`${left} not ready yet, ${name} among them`),
  });
  if (unready.length > 0) onProgress(`not ready yet: ${unready.join(', ')}`);

  following[Symbol.dispose]();
  const running = starting.move();
  return {
    ...cluster,
    version: gitVersion,
    connect: createConnect(client, cluster),
    createVisitor: (id) => visitors.create(id),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

function problemsOf(cluster: Cluster): string {
  return cluster
    .machines()
    .filter(({ state }) => state !== 'ready')
    .map(({ name, state, message }) => `${name} (${state})${message ? `: ${message}` : ''}`)
    .join('; ');
}
