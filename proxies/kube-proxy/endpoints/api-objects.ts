/** As much of Kubernetes' objects as a kube-proxy reads. */
import type { KubeObject } from '../../kit/api/api-client.ts';

type Maybe<T> = T | null | undefined;

/** `v1` Service. */
export interface Service extends KubeObject {
  readonly spec?: Maybe<{
    readonly type?: Maybe<string>;
    readonly clusterIP?: Maybe<string>;
    readonly clusterIPs?: Maybe<readonly string[]>;
    readonly ipFamilies?: Maybe<readonly string[]>;
    readonly externalIPs?: Maybe<readonly string[]>;
    readonly ports?: Maybe<
      readonly {
        readonly name?: Maybe<string>;
        readonly protocol?: Maybe<string>;
        readonly port: number;
        readonly nodePort?: Maybe<number>;
      }[]
    >;
    readonly loadBalancerSourceRanges?: Maybe<readonly string[]>;
    readonly externalTrafficPolicy?: Maybe<string>;
    readonly internalTrafficPolicy?: Maybe<string>;
    readonly healthCheckNodePort?: Maybe<number>;
    readonly sessionAffinity?: Maybe<string>;
    readonly sessionAffinityConfig?: Maybe<{
      readonly clientIP?: Maybe<{ readonly timeoutSeconds?: Maybe<number> }>;
    }>;
  }>;
  readonly status?: Maybe<{
    readonly loadBalancer?: Maybe<{
      readonly ingress?: Maybe<
        readonly {
          readonly ip?: Maybe<string>;
          readonly hostname?: Maybe<string>;
          readonly ipMode?: Maybe<string>;
        }[]
      >;
    }>;
  }>;
}

/** `discovery.k8s.io/v1` EndpointSlice. */
export interface EndpointSlice extends KubeObject {
  /** `IPv4`, `IPv6` or `FQDN`. */
  readonly addressType: string;
  readonly ports?: Maybe<
    readonly {
      readonly name?: Maybe<string>;
      readonly protocol?: Maybe<string>;
      readonly port?: Maybe<number>;
    }[]
  >;
  readonly endpoints?: Maybe<
    readonly {
      readonly addresses: readonly string[];
      readonly conditions?: Maybe<{
        readonly ready?: Maybe<boolean>;
        readonly serving?: Maybe<boolean>;
        readonly terminating?: Maybe<boolean>;
      }>;
      readonly nodeName?: Maybe<string>;
      readonly hints?: Maybe<{
        readonly forZones?: Maybe<readonly { readonly name: string }[]>;
        readonly forNodes?: Maybe<readonly { readonly name: string }[]>;
      }>;
    }[]
  >;
}

/** On an EndpointSlice: the Service that it belongs to. */
export const serviceNameLabel = 'kubernetes.io/service-name';

/** On a Node: where hints are looked up. */
export const zoneLabel = 'topology.kubernetes.io/zone';

/** When the Service or the pod changed that an EndpointSlice follows; RFC 3339. */
export const triggerTimeAnnotation = 'endpoints.kubernetes.io/last-change-trigger-time';

/** Services and slices with one of these are somebody else's, or nobody's. */
const ignoringLabels = [
  'service.kubernetes.io/headless',
  'service.kubernetes.io/service-proxy-name',
] as const;

/** Spares the informers of Services and EndpointSlices what is ignored. */
export const proxiedSelector = ignoringLabels.map((label) => `!${label}`).join(',');

export function isProxied({ metadata: { labels } }: KubeObject): boolean {
  return labels === undefined || ignoringLabels.every((label) => labels[label] === undefined);
}
