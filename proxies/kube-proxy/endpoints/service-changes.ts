/** What a tracker of Services tells. */
import type { ServicePortState } from '../service-port.ts';

/** What changed since the last take; nothing of it is told again. */
export interface ServiceChanges {
  /** New or changed ports, whole. */
  readonly changed: readonly ServicePortState[];
  /** Keys of ports that are gone. */
  readonly removed: readonly string[];
  /** Whether flows may be on a way that UDP ports no longer have: a serving endpoint left, or a first one came. */
  readonly isUdpStale: boolean;
  /** UDP ports as they were, of Services that are gone or are reached elsewhere: nobody serves there. */
  readonly udpGone: readonly UdpPort[];
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

/** For the metric `sync_proxy_rules_no_local_endpoints_total`, by its label `traffic_policy`. */
export interface PolicyCounts {
  readonly internal: number;
  readonly external: number;
}
