/** What the API says of Services, slices and the node, as ports with their endpoints; told as they change. */
import { families, type Family, type ServicePortState } from '../service-port.ts';
import { zoneLabel, type EndpointSlice, type Service } from './api-objects.ts';
import { createFamilyTracker } from './family-tracker.ts';
import { logOnce } from './log-once.ts';

export interface ServiceTrackerOptions {
  /** The Node whose endpoints are local (`--hostname-override`). */
  readonly nodeName: string;
  /** Those that somebody takes; default: both. */
  readonly families?: readonly Family[];
  /** The gate AllowServiceExternalIPs; default: true. */
  readonly allowsExternalIPs?: boolean;
  readonly log: (line: string) => void;
}

/** What changed since the last take; nothing of it is told again. */
export interface ServiceChanges {
  /** New or changed ports, whole. */
  readonly changed: readonly ServicePortState[];
  /** Keys of ports that are gone. */
  readonly removed: readonly string[];
  /** UDP ports of Services that changed, or whose endpoints did: their conntrack entries may be stale. */
  readonly udp: readonly UdpPort[];
  /** `endpoints.kubernetes.io/last-change-trigger-time` of the slices taken, in ms since 1970; the oldest first. */
  readonly triggerTimesMs: readonly number[];
  /** How many Services were looked at: those with changes, however many there are. */
  readonly services: number;
}

/** A UDP port: a conntrack entry to one of its addresses that was sent to none of its endpoints is stale. */
export interface UdpPort {
  readonly key: string;
  /** The ClusterIP, external IPs and load balancer IPs, at `port`. */
  readonly addresses: readonly string[];
  readonly port: number;
  /** 0 where there is none. */
  readonly nodePort: number;
  /** Addresses of all endpoints that serve, of whatever policy, on whatever node. */
  readonly servingIPs: ReadonlySet<string>;
}

/** A Service whose load balancer asks each node for its endpoints. */
export interface HealthCheckNodePort {
  readonly namespace: string;
  readonly name: string;
  readonly port: number;
  /** Distinct addresses of ready endpoints on this node, over all ports, as of the last take. */
  readonly localEndpoints: number;
}

/** For the metrics `sync_proxy_rules_*_changes_total` and `_pending`. */
export interface ChangeCounts {
  readonly servicesTotal: number;
  readonly servicesPending: number;
  readonly endpointsTotal: number;
  readonly endpointsPending: number;
}

export interface ServiceTracker {
  /** @returns whether there is something new to take. Keys are `namespace/name`; null: it is gone. */
  serviceChanged(service: Service | null, key: string): boolean;
  sliceChanged(slice: EndpointSlice | null, key: string): boolean;
  /** The Node's labels; the zone is what matters. */
  nodeChanged(labels: Readonly<Record<string, string>>): boolean;
  /** The first take has everything. Costs what changed; taking again gives nothing. */
  takeChanges(family: Family): ServiceChanges;
  /** What was told of a Service, by `namespace/name`, as of the last take; without a key: of all of them. */
  toldPorts(family: Family, key?: string): readonly ServicePortState[];
  /** In step with the last take. */
  healthCheckNodePorts(family: Family): readonly HealthCheckNodePort[];
  /** All UDP ports as they are now: for the first cleanup of conntrack. */
  udpPorts(family: Family): readonly UdpPort[];
  /** Ports that have endpoints but none here, by the policy Local that misses them, as of the last take. */
  noLocalEndpoints(family: Family): { readonly internal: number; readonly external: number };
  changeCounts(family: Family): ChangeCounts;
}

export function createServiceTracker(options: ServiceTrackerOptions): ServiceTracker {
  const { nodeName, allowsExternalIPs = true } = options;
  const log = logOnce(options.log);
  const trackers = (options.families ?? families).map((family) =>
    createFamilyTracker({ family, nodeName, allowsExternalIPs, log }),
  );
  const of = (family: Family) => {
    const tracker = trackers.find((each) => each.family === family);
    if (!tracker) throw new Error(`Services of family ${family} are not tracked.`);
    return tracker;
  };
  return {
    serviceChanged: (service, key) => some(trackers, (each) => each.serviceChanged(service, key)),
    sliceChanged: (slice, key) => some(trackers, (each) => each.sliceChanged(slice, key)),
    nodeChanged: (labels) => some(trackers, (each) => each.zoneChanged(labels[zoneLabel] ?? '')),
    takeChanges: (family) => of(family).takeChanges(),
    toldPorts: (family, key) => of(family).toldPorts(key),
    healthCheckNodePorts: (family) => of(family).healthCheckNodePorts(),
    udpPorts: (family) => of(family).udpPorts(),
    noLocalEndpoints: (family) => of(family).noLocalEndpoints(),
    changeCounts: (family) => of(family).changeCounts(),
  };
}

/** Asks each, also after one has said yes. */
function some<T>(items: readonly T[], test: (item: T) => boolean): boolean {
  return items.map(test).includes(true);
}
