/** Which endpoints a node uses for a port of a Service: specification 3.8, upstream's CategorizeEndpoints. */
import { isExternallyAccessible, type ServicePort } from '../service-port.ts';
import type { Endpoint } from './endpoint.ts';

/** Where selection takes place. */
export interface Place {
  readonly nodeName: string;
  /** The node's label `topology.kubernetes.io/zone`; empty without it. */
  readonly zone: string;
}

export interface Selection<E extends Endpoint> {
  /** What the policy Cluster sends to; empty, too, when no traffic follows it. */
  readonly cluster: readonly E[];
  /** What the policy Local sends to; empty, too, when no traffic follows it. */
  readonly local: readonly E[];
  /** Both together, each once. */
  readonly reachable: readonly E[];
  /** Whether any node could serve the port: without one a packet is rejected, not dropped. */
  readonly hasEndpoints: boolean;
}

type Policies = Pick<
  ServicePort,
  'isInternalLocal' | 'isExternalLocal' | 'nodePort' | 'externalIPs' | 'loadBalancerIPs'
>;

const none: readonly never[] = [];

export function categorizeEndpoints<E extends Endpoint>(
  endpoints: readonly E[],
  port: Policies,
  place: Place,
): Selection<E> {
  const cluster = usesCluster(port) ? clusterEndpoints(endpoints, place) : none;
  if (!usesLocal(port)) {
    return { cluster, local: none, reachable: cluster, hasEndpoints: cluster.length > 0 };
  }
  const local = readyOrServing(endpoints.filter(({ isLocal }) => isLocal));
  return {
    cluster,
    local,
    reachable: cluster.length === 0 ? local : [...new Set([...cluster, ...local])],
    hasEndpoints: endpoints.some((endpoint) => endpoint.isReady || isDraining(endpoint)),
  };
}

/** Pods reach a port that has external addresses by the policy Cluster, whatever its own policy. */
function usesCluster(port: Policies): boolean {
  return !port.isInternalLocal || isExternallyAccessible(port);
}

function usesLocal(port: Policies): boolean {
  return port.isInternalLocal || (port.isExternalLocal && isExternallyAccessible(port));
}

/** Hints count among ready endpoints alone. */
function clusterEndpoints<E extends Endpoint>(endpoints: readonly E[], place: Place): readonly E[] {
  const usable = readyOrServing(endpoints);
  return usable[0]?.isReady === true ? nearest(usable, place) : usable;
}

/** The ready ones; where none is, those that end and still serve. */
function readyOrServing<E extends Endpoint>(endpoints: readonly E[]): readonly E[] {
  if (endpoints.every(({ isReady }) => isReady)) return endpoints;
  const ready = endpoints.filter(({ isReady }) => isReady);
  return ready.length > 0 ? ready : endpoints.filter(isDraining);
}

function isDraining({ isServing, isTerminating }: Endpoint): boolean {
  return isServing && isTerminating;
}

/**
 * Those that are hinted for this node, else those for its zone. One endpoint without a hint, or nobody
 * hinted for here, and the hints of that kind are void.
 */
function nearest<E extends Endpoint>(ready: readonly E[], place: Place): readonly E[] {
  const { nodeName, zone } = place;
  return (
    hinted(ready, ({ nodes }) => nodes, nodeName) ??
    hinted(ready, ({ zones }) => zones, zone) ??
    ready
  );
}

function hinted<E extends Endpoint>(
  ready: readonly E[],
  hintsOf: (endpoint: Endpoint) => readonly string[] | null,
  here: string,
): readonly E[] | null {
  if (ready.some((endpoint) => hintsOf(endpoint) === null)) return null;
  const near = ready.filter((endpoint) => hintsOf(endpoint)?.includes(here));
  return near.length > 0 ? near : null;
}
