/** Services and Nodes, as far as a cloud reads and writes them. */
import type { KubeObject } from '../kit/api/api-client.ts';

export const transports = ['TCP', 'UDP', 'SCTP'] as const;
export type Transport = (typeof transports)[number];
export type Family = 'IPv4' | 'IPv6';

export interface ServicePort {
  readonly name?: string;
  /** Absent: TCP. */
  readonly protocol?: Transport;
  readonly appProtocol?: string;
  readonly port: number;
  readonly targetPort?: number | string;
  readonly nodePort?: number;
}

export interface ServiceSpec {
  /** Absent: ClusterIP. */
  readonly type?: 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName';
  readonly ports?: readonly ServicePort[];
  readonly clusterIPs?: readonly string[];
  readonly externalIPs?: readonly string[];
  readonly ipFamilies?: readonly Family[];
  readonly loadBalancerClass?: string;
  readonly loadBalancerIP?: string;
  readonly loadBalancerSourceRanges?: readonly string[];
  readonly allocateLoadBalancerNodePorts?: boolean;
  readonly externalTrafficPolicy?: 'Cluster' | 'Local';
  readonly healthCheckNodePort?: number;
  readonly sessionAffinity?: 'None' | 'ClientIP';
  readonly sessionAffinityConfig?: { readonly clientIP?: { readonly timeoutSeconds?: number } };
}

/** What happened to one port: `error` is CamelCase, or `domain/CamelCase`. */
export interface PortStatus {
  readonly port: number;
  readonly protocol: Transport;
  readonly error?: string;
}

export interface LoadBalancerIngress {
  readonly ip?: string;
  /** A DNS name; never an address. */
  readonly hostname?: string;
  /** Only with `ip`; the apiserver makes it `VIP` where it is absent. */
  readonly ipMode?: 'VIP' | 'Proxy';
  readonly ports?: readonly PortStatus[];
}

export interface LoadBalancerStatus {
  readonly ingress?: readonly LoadBalancerIngress[];
}

export interface Service extends KubeObject {
  readonly spec: ServiceSpec;
  readonly status?: { readonly loadBalancer?: LoadBalancerStatus };
}

export interface NodeAddress {
  readonly type: 'InternalIP' | 'ExternalIP' | 'Hostname' | 'InternalDNS' | 'ExternalDNS';
  readonly address: string;
}

export interface Node extends KubeObject {
  readonly spec?: {
    readonly providerID?: string;
    readonly taints?: readonly { readonly key: string; readonly effect?: string }[];
  };
  readonly status?: { readonly addresses?: readonly NodeAddress[] };
}
