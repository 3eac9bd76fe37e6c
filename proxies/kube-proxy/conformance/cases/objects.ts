/** Services and EndpointSlices as the API has them, written briefly. */
import { isIP } from 'node:net';
import { serviceNameLabel, type EndpointSlice, type Service } from '../../endpoints/api-objects.ts';
import type { Transport } from '../../service-port.ts';

export interface PortText {
  readonly name: string;
  readonly port: number;
  readonly protocol?: Transport;
  readonly nodePort?: number;
}

export interface ServiceText {
  readonly type?: 'ClusterIP' | 'NodePort' | 'LoadBalancer';
  readonly clusterIP: string;
  readonly ports?: readonly PortText[];
  readonly externalIPs?: readonly string[];
  readonly externalTrafficPolicy?: 'Local' | 'Cluster';
  readonly internalTrafficPolicy?: 'Local' | 'Cluster';
  readonly loadBalancerSourceRanges?: readonly string[];
  readonly ingress?: readonly { readonly ip: string; readonly ipMode?: 'VIP' | 'Proxy' }[];
  /** ClientIP affinity for so long. */
  readonly affinitySeconds?: number;
}

/** @param key `namespace/name` */
export function service(key: string, text: ServiceText): Service {
  const { clusterIP, ports = [http], ingress = [], affinitySeconds, ...spec } = text;
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadataOf(key),
    spec: {
      type: 'ClusterIP',
      ...spec,
      clusterIP,
      clusterIPs: [clusterIP],
      ipFamilies: [isIP(clusterIP) === 6 ? 'IPv6' : 'IPv4'],
      ports: ports.map((port) => ({ protocol: 'TCP' as const, ...port })),
      ...(affinitySeconds === undefined
        ? {}
        : {
            sessionAffinity: 'ClientIP',
            sessionAffinityConfig: { clientIP: { timeoutSeconds: affinitySeconds } },
          }),
    },
    status: { loadBalancer: { ingress } },
  };
}

/** The port that a Service has unless told. */
export const http: PortText = { name: 'p80', port: 80 };

export interface EndpointText {
  readonly address: string;
  /** Of another node where it is missing. */
  readonly nodeName?: string;
  readonly ready?: boolean;
  readonly serving?: boolean;
  readonly terminating?: boolean;
  readonly zoneHints?: readonly string[];
  readonly nodeHints?: readonly string[];
}

/** The first slice of a Service; its ports are those of `targets`, or the Service's one port. */
export function slice(
  key: string,
  endpoints: readonly EndpointText[],
  targets: readonly PortText[] = [http],
): EndpointSlice {
  const { namespace, name } = metadataOf(key);
  const isIPv6 = isIP(endpoints[0]?.address ?? '') === 6;
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      namespace,
      name: `${name}-1`,
      labels: { [serviceNameLabel]: name },
    },
    addressType: isIPv6 ? 'IPv6' : 'IPv4',
    endpoints: endpoints.map((endpoint) => ({
      addresses: [endpoint.address],
      conditions: {
        ready: endpoint.ready,
        serving: endpoint.serving,
        terminating: endpoint.terminating,
      },
      nodeName: endpoint.nodeName,
      hints: {
        forZones: endpoint.zoneHints?.map((zone) => ({ name: zone })),
        forNodes: endpoint.nodeHints?.map((node) => ({ name: node })),
      },
    })),
    ports: targets.map(({ name: port, port: number, protocol = 'TCP' }) => ({
      name: port,
      port: number,
      protocol,
    })),
  };
}

function metadataOf(key: string): { readonly namespace: string; readonly name: string } {
  const [namespace = '', name = ''] = key.split('/');
  return { namespace, name };
}
