/** What the API says of Services, slices and the node, as ports with their endpoints; told as they change. */
import { families, type Family, type ServicePortState } from '../service-port.ts';
import { zoneLabel, type EndpointSlice, type Service } from './api-objects.ts';
import { createFamilyTracker } from './family-tracker.ts';
import { logOnce } from './log-once.ts';
import type {
  ChangeCounts,
  HealthCheckNodePort,
  PolicyCounts,
  ServiceChanges,
  UdpPort,
} from './service-changes.ts';

export interface ServiceTrackerOptions {
  /** The Node whose endpoints are local (`--hostname-override`). */
  readonly nodeName: string;
  /** Those that somebody takes; default: both. */
  readonly families?: readonly Family[];
  /** The gate AllowServiceExternalIPs; default: true. */
  readonly allowsExternalIPs?: boolean;
  readonly log: (line: string) => void;
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
  /** All UDP ports as of the last take: for the cleanup of conntrack. */
  udpPorts(family: Family): readonly UdpPort[];
  /** Ports that have endpoints but none here, by the policy Local that misses them, as of the last take. */
  noLocalEndpoints(family: Family): PolicyCounts;
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
