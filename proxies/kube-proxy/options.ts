/** What a kube-proxy is started with. Whoever hosts one gives what differs from the defaults. */
import type { ApiClient } from '../kit/api/api-client.ts';
import type { Clock } from '../kit/clock.ts';
import type { ProxyMode } from './modes/mode.ts';
import type { Family } from './service-port.ts';

/** How pods are told from others (`detectLocalMode`). */
export type DetectLocal =
  | { readonly mode: 'ClusterCIDR'; readonly clusterCIDRs: readonly string[] }
  /** The `spec.podCIDRs` of the Node. */
  | { readonly mode: 'NodeCIDR' }
  /** The interface that their packets come in by. */
  | { readonly mode: 'BridgeInterface'; readonly bridgeInterface: string }
  /** What the names of their interfaces begin with. */
  | { readonly mode: 'InterfaceNamePrefix'; readonly interfaceNamePrefix: string };

/** The settings of KubeProxyConfiguration that work here; specification 3.12. Times in milliseconds. */
export interface KubeProxySettings {
  /** Node address to be taken for the primary one; `0.0.0.0` or `::`: what the Node says. */
  readonly bindAddress: string;
  /** `address:port`; empty: no such server. */
  readonly healthzBindAddress: string;
  readonly metricsBindAddress: string;
  /** Ends the proxy where one of the two cannot be bound; otherwise it is tried again. */
  readonly isBindHardFail: boolean;
  readonly detectLocal: DetectLocal;
  /** CIDRs, or `primary` alone. */
  readonly nodePortAddresses: readonly string[];
  readonly masqueradeBit: number;
  readonly masqueradeAll: boolean;
  /** The least time between two syncs; 0: each change at once. */
  readonly minSyncPeriodMs: number;
  /** When what failed is tried again; twice of it, and the proxy is unhealthy. */
  readonly syncPeriodMs: number;
  readonly families: readonly Family[];
  /** The gate AllowServiceExternalIPs. */
  readonly allowsExternalIPs: boolean;
}

/** Upstream's defaults, in nftables mode. */
export const defaultSettings: KubeProxySettings = {
  bindAddress: '0.0.0.0',
  healthzBindAddress: '0.0.0.0:10256',
  metricsBindAddress: '127.0.0.1:10249',
  isBindHardFail: false,
  detectLocal: { mode: 'ClusterCIDR', clusterCIDRs: [] },
  nodePortAddresses: ['primary'],
  masqueradeBit: 14,
  masqueradeAll: false,
  minSyncPeriodMs: 1000,
  syncPeriodMs: 30_000,
  families: ['IPv4', 'IPv6'],
  allowsExternalIPs: true,
};

export interface KubeProxyOptions {
  /** Stays its owner's. */
  readonly client: ApiClient;
  /** The Node it works for: an endpoint with this `nodeName` is local. */
  readonly nodeName: string;
  /** What moves the packets: `loadNftablesMode()` or `loadUserspaceMode()`; stays its owner's. */
  readonly mode: ProxyMode;
  readonly settings?: Partial<KubeProxySettings>;
  /** The body of `/configz`. */
  readonly configz?: object;
  /** Default: the machine's. */
  readonly clock?: Clock;
  readonly log: (line: string) => void;
}
