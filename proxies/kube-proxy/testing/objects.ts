/** For tests: Services, EndpointSlices and Nodes, as an apiserver has them. */
import type { KubeObject } from '../../kit/api/api-client.ts';

export const paths = {
  services: '/api/v1/services',
  slices: '/apis/discovery.k8s.io/v1/endpointslices',
  nodes: '/api/v1/nodes',
  serviceCIDRs: '/apis/networking.k8s.io/v1/servicecidrs',
  events: '/api/v1/namespaces/default/events',
} as const;

/** A Service of one port, 80 to the port `http` of its endpoints. */
export function service(name: string, clusterIP: string, spec: object = {}): KubeObject {
  return {
    metadata: { name, namespace: 'default' },
    spec: {
      type: 'ClusterIP',
      clusterIP,
      clusterIPs: [clusterIP],
      ipFamilies: [clusterIP.includes(':') ? 'IPv6' : 'IPv4'],
      ports: [{ name: 'http', protocol: 'TCP', port: 80 }],
      ...spec,
    },
  } as KubeObject;
}

/** @param addresses of endpoints that are ready, on `node-1` */
export function slice(
  serviceName: string,
  addresses: readonly string[],
  annotations: Readonly<Record<string, string>> = {},
): KubeObject {
  return {
    metadata: {
      name: `${serviceName}-1`,
      namespace: 'default',
      labels: { 'kubernetes.io/service-name': serviceName },
      annotations,
    },
    addressType: addresses[0]?.includes(':') ? 'IPv6' : 'IPv4',
    ports: [{ name: 'http', protocol: 'TCP', port: 8080 }],
    endpoints: addresses.map((address) => ({
      addresses: [address],
      conditions: { ready: true },
      nodeName: 'node-1',
    })),
  } as KubeObject;
}

export function node(parts: { labels?: object; spec?: object; deletionTimestamp?: string } = {}) {
  const { labels = {}, spec = {}, deletionTimestamp } = parts;
  return {
    metadata: { name: 'node-1', labels, ...(deletionTimestamp && { deletionTimestamp }) },
    spec: { podCIDRs: ['10.244.1.0/24'], ...spec },
    status: { addresses: [{ type: 'InternalIP', address: '172.30.0.21' }] },
  } as KubeObject;
}
