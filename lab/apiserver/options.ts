/** What an apiserver is started with. Each option is kube-apiserver's flag in camel case. */
import type { HttpRequest } from '../../proxies/kit/http/server-exchange.ts';
import type { ProxyClient } from './aggregation/api-service.ts';
import type { User } from './exchange.ts';
import type { ApiStore } from './registry.ts';
import type { AdmissionPlugin } from './settings.ts';

export interface ApiserverOptions {
  /** `--bind-address`; 127.0.0.1 unless told otherwise. `::` takes both families. */
  readonly bindAddress?: string;
  /** `--secure-port`; 0 lets the system choose. */
  readonly securePort?: number;
  /** `--tls-cert-file` and `--tls-private-key-file`, their contents. */
  readonly tlsCert: string;
  readonly tlsPrivateKey: string;
  /** `--client-ca-file`, its contents: who signs client certificates. */
  readonly clientCa?: string;
  /** `--token-auth-file`, its contents by token. */
  readonly tokens?: ReadonlyMap<string, User>;
  /** `--anonymous-auth`; true unless told otherwise. */
  readonly anonymousAuth?: boolean;
  /** `--requestheader-…`: a front proxy that says who its clients are. */
  readonly requestHeader?: RequestHeaderOptions;
  /** `--service-account-…`; absent: ServiceAccounts have no tokens. */
  readonly serviceAccounts?: ServiceAccountOptions;
  /** `--authorization-mode`; Node and RBAC unless told otherwise. */
  readonly authorizationModes?: readonly AuthorizationMode[];
  /** Instead of `--etcd-servers`: the store itself. */
  readonly store: ApiStore;
  /** `--service-cluster-ip-range`: IPv4, IPv6, or one of each. */
  readonly serviceClusterIpRanges?: readonly string[];
  /** Whether endpoints may stand on loopback addresses: in a lab that has no others. */
  readonly allowLoopbackEndpoints?: boolean;
  /** `--disable-admission-plugins`: without controllers, nobody makes the accounts that pods need. */
  readonly disableAdmissionPlugins?: readonly AdmissionPlugin[];
  /** `--service-node-port-range` */
  readonly serviceNodePortRange?: string;
  /** `--endpoint-reconciler-type=lease` with these addresses; absent: `none`. */
  readonly advertise?: AdvertiseOptions;
  /** `--kubelet-…`: as whom the apiserver comes to the kubelets. */
  readonly kubeletClient?: KubeletClientOptions;
  /** Where the proxy never goes: to what stands behind the apiserver. */
  readonly forbiddenProxyAddresses?: readonly string[];
  /** `--proxy-client-cert-file` and `--proxy-client-key-file`: as whom we come to aggregated API servers. */
  readonly proxyClient?: ProxyClient;
  /** `--aggregator-reject-forwarding-redirect`; true unless told otherwise. */
  readonly aggregatorRejectForwardingRedirect?: boolean;
  /** `--max-requests-inflight` and `--max-mutating-requests-inflight`; 0: no limit. */
  readonly maxRequestsInflight?: number;
  readonly maxMutatingRequestsInflight?: number;
  /** `--request-timeout`: how long a short request may take with its body; a minute unless told otherwise. */
  readonly requestTimeoutMs?: number;
  /** `--shutdown-delay-duration`: how long it still serves after it said that it is not ready. */
  readonly shutdownDelayMs?: number;
  /** `--audit-log-path`: where a line of audit.k8s.io/v1 goes. */
  readonly audit?: (line: string) => void;
  /** Whether `/readyz` may succeed, beside what the apiserver knows of itself; absent: it may. */
  readonly mayBeReady?: () => boolean;
  /** Sees every request before it is answered. */
  onRequest?(request: HttpRequest): void;
  readonly log?: (line: string) => void;
}

export const authorizationModes = ['Node', 'RBAC', 'AlwaysAllow', 'AlwaysDeny'] as const;
export type AuthorizationMode = (typeof authorizationModes)[number];

/** Header names in small letters. */
export interface RequestHeaderOptions {
  readonly clientCa: string;
  /** The common names of front proxies; empty: any that the authority signed. */
  readonly allowedNames: readonly string[];
  readonly usernameHeaders: readonly string[];
  readonly uidHeaders: readonly string[];
  readonly groupHeaders: readonly string[];
  readonly extraHeadersPrefixes: readonly string[];
}

export interface ServiceAccountOptions {
  /** The first signs new tokens; tokens of all are taken. */
  readonly issuers: readonly string[];
  /** Audiences of the API; the issuers unless told otherwise. */
  readonly audiences: readonly string[];
  /** PEM: public keys (or private ones, for their public half). */
  readonly keys: readonly string[];
  /** PEM; absent: this apiserver makes no tokens. */
  readonly signingKey?: string;
}

export interface AdvertiseOptions {
  /** Where clients inside the cluster find this apiserver. */
  readonly address: string;
  /** Absent: the port it listens on. */
  readonly port?: number;
}

export interface KubeletClientOptions {
  readonly certificate: string;
  readonly key: string;
  /** Absent: any serving certificate of a kubelet will do. */
  readonly authority?: string;
}
