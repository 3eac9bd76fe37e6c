/** Whom a client of a frontend is sent to (specification 3.5): the endpoints are chosen elsewhere. */
import { internalBackends, type Backend, type ServicePortState } from '../service-port.ts';
import type { FrontendKind } from './frontends.ts';

/** What is known of a client by its address. */
export interface Peer {
  readonly isPod: boolean;
  /** The node itself. */
  readonly isNode: boolean;
  /** In the port's source ranges; true where there are none. */
  readonly isAllowed: boolean;
}

/** Which of a port's lists: clients are remembered for each by itself. */
export type BackendList = 'cluster' | 'local';

export interface Route {
  readonly list: BackendList;
  /** Empty: nobody may serve this client. */
  readonly backends: readonly Backend[];
}

export function routeOf(port: ServicePortState, kind: FrontendKind, peer: Peer): Route {
  if (kind === 'cluster-ip') {
    return { list: port.isInternalLocal ? 'local' : 'cluster', backends: internalBackends(port) };
  }
  // Neither NodePorts nor externalIPs have source ranges.
  if (kind === 'load-balancer' && !peer.isAllowed) return { list: 'cluster', backends: [] };
  const isLocal = port.isExternalLocal && !peer.isPod && !peer.isNode;
  return isLocal
    ? { list: 'local', backends: port.local }
    : { list: 'cluster', backends: port.cluster };
}
