/** A port of a Service as a dataplane needs it: of one IP family, its endpoints chosen. */

export const families = ['IPv4', 'IPv6'] as const;
export type Family = (typeof families)[number];

export const transports = ['TCP', 'UDP', 'SCTP'] as const;
export type Transport = (typeof transports)[number];

/** Where a connection may be sent: an address of the family, without brackets, and a port. */
export interface Backend {
  readonly address: string;
  readonly port: number;
}

/** One port of one Service in one IP family. Addresses are in canonical form. */
export interface ServicePort {
  /** `IPv4 default/web:http/TCP`: the one name of it, also between two syncs. */
  readonly key: string;
  readonly family: Family;
  readonly namespace: string;
  readonly name: string;
  /** `spec.ports[].name`; empty where there is none. */
  readonly portName: string;
  readonly protocol: Transport;
  readonly clusterIP: string;
  readonly port: number;
  /** 0 where there is none. */
  readonly nodePort: number;
  readonly externalIPs: readonly string[];
  /** The addresses of `status.loadBalancer.ingress` that are captured: `ipMode` VIP or absent. */
  readonly loadBalancerIPs: readonly string[];
  /** CIDRs of the family; null lets everybody in. An empty list, where only other families' ranges were given, lets nobody in. */
  readonly sourceRanges: readonly string[] | null;
  readonly isInternalLocal: boolean;
  readonly isExternalLocal: boolean;
  /** ClientIP affinity's timeout in seconds; 0 without affinity. */
  readonly affinitySeconds: number;
}

/** What a port has that is reached at its ClusterIP alone, by everybody alike. */
export const clusterIPAlone = {
  nodePort: 0,
  externalIPs: [],
  loadBalancerIPs: [],
  sourceRanges: null,
  isInternalLocal: false,
  isExternalLocal: false,
  affinitySeconds: 0,
} as const satisfies Partial<ServicePort>;

/**
 * A port with the endpoints that this node uses for it now (specification 3.8).
 *
 * What follows from it is the same in each dataplane (specification 3.5): ClusterIP traffic goes to
 * `internal`; external addresses (nodePort, externalIPs, loadBalancerIPs) go to `external`, except that pods
 * and the node itself go to `cluster` where the external policy is Local.
 */
export interface ServicePortState extends ServicePort {
  /** Usable from anywhere: what the policy Cluster sends to. Empty when no policy uses it. */
  readonly cluster: readonly Backend[];
  /** Usable on this node: what the policy Local sends to. Empty when no policy uses it. */
  readonly local: readonly Backend[];
  /** Of `cluster` and `local` together, those on this node: they may call themselves (hairpin). */
  readonly reachableHere: readonly Backend[];
  /** Whether any endpoint is usable on any node: without one a packet is rejected, not dropped. */
  readonly hasEndpoints: boolean;
}

/** What ClusterIP traffic is sent to. */
export function internalBackends(port: ServicePortState): readonly Backend[] {
  return port.isInternalLocal ? port.local : port.cluster;
}

/** What traffic from outside to an external address is sent to. */
export function externalBackends(port: ServicePortState): readonly Backend[] {
  return port.isExternalLocal ? port.local : port.cluster;
}

/** Whether it has an address beside its ClusterIP. */
export function isExternallyAccessible(
  port: Pick<ServicePort, 'nodePort' | 'externalIPs' | 'loadBalancerIPs'>,
): boolean {
  return port.nodePort !== 0 || port.externalIPs.length > 0 || port.loadBalancerIPs.length > 0;
}
