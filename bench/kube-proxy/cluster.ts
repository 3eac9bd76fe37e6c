/** A cluster of many Services, as an apiserver lists it: the text of pages, managed fields and all. */
import type { EndpointSlice, Service } from '../../proxies/kube-proxy/endpoints/api-objects.ts';

export const endpointsEach = 3;
export const targetPort = 8080;
/** On one of so many nodes, this one among them, each endpoint is. */
const nodeCount = 1000;
const pageSize = 500;

/** One page: `{"metadata": …, "items": […]}`. */
export function pages(make: (index: number) => object, count: number): string[] {
  return Array.from({ length: Math.ceil(count / pageSize) }, (_, page) => {
    const from = page * pageSize;
    const items = Array.from({ length: Math.min(pageSize, count - from) }, (_each, index) =>
      make(from + index),
    );
    const isLast = from + pageSize >= count;
    const metadata = {
      resourceVersion: '1',
      ...(!isLast && { continue: String(from + pageSize) }),
    };
    return JSON.stringify({ kind: 'List', apiVersion: 'v1', metadata, items });
  });
}

/** @example clusterIP(0) // '10.0.0.1' */
export function clusterIP(index: number): string {
  return address(10 << 24, index + 1);
}

/** The address of an endpoint; `turn` is another each time that it is replaced, and 0 before. */
export function endpointIP(service: number, endpoint: number, turn = 0): string {
  const generation = turn === 0 ? 0 : 1 + (turn % 39);
  return address(
    (10 << 24) | (64 << 16),
    1 + service * endpointsEach + endpoint + generation * 100_000,
  );
}

export function serviceName(index: number): string {
  return `service-${index}`;
}

export function namespaceOf(index: number): string {
  return `team-${index % 100}`;
}

export function service(index: number): Service {
  const name = serviceName(index);
  const ip = clusterIP(index);
  return {
    metadata: {
      name,
      namespace: namespaceOf(index),
      uid: uid('s', index),
      resourceVersion: String(index + 10),
      ...{ creationTimestamp: '2026-11-01T12:00:00Z' },
      labels: labels(name),
      annotations: { 'prometheus.io/scrape': 'true', 'prometheus.io/port': String(targetPort) },
      managedFields: [
        {
          manager: 'kubectl-client-side-apply',
          operation: 'Update',
          apiVersion: 'v1',
          time: '2026-11-01T12:00:00Z',
          fieldsType: 'FieldsV1',
          fieldsV1: {
            'f:metadata': {
              'f:annotations': {
                '.': {},
                'f:prometheus.io/scrape': {},
                'f:prometheus.io/port': {},
              },
              'f:labels': {
                '.': {},
                'f:app.kubernetes.io/name': {},
                'f:app.kubernetes.io/part-of': {},
              },
            },
            'f:spec': {
              'f:internalTrafficPolicy': {},
              'f:ports': {
                '.': {},
                'k:{"port":80,"protocol":"TCP"}': {
                  ...{ '.': {}, 'f:name': {}, 'f:port': {}, 'f:protocol': {}, 'f:targetPort': {} },
                },
              },
              ...{ 'f:selector': {}, 'f:sessionAffinity': {}, 'f:type': {} },
            },
          },
        },
      ],
    },
    spec: {
      ...{ type: 'ClusterIP', clusterIP: ip, clusterIPs: [ip], ipFamilies: ['IPv4'] },
      ...{ ipFamilyPolicy: 'SingleStack', internalTrafficPolicy: 'Cluster' },
      ...{ sessionAffinity: 'None', selector: { 'app.kubernetes.io/name': name } },
      ports: [{ name: 'http', protocol: 'TCP', port: 80, ...{ targetPort } }],
    },
    status: { loadBalancer: {} },
  } as Service;
}

/** @param turns which address each endpoint has */
export function slice(index: number, turns: readonly number[] = [0, 0, 0]): EndpointSlice {
  const name = serviceName(index);
  return {
    addressType: 'IPv4',
    metadata: {
      name: `${name}-x7k2p`,
      generateName: `${name}-`,
      namespace: namespaceOf(index),
      uid: uid('e', index),
      resourceVersion: String(index + 10),
      generation: 4,
      creationTimestamp: '2026-11-01T12:00:00Z',
      labels: {
        ...labels(name),
        'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
        'kubernetes.io/service-name': name,
      },
      annotations: { 'endpoints.kubernetes.io/last-change-trigger-time': '2026-11-01T12:00:09Z' },
      ownerReferences: [
        {
          ...{ apiVersion: 'v1', kind: 'Service', name, uid: uid('s', index) },
          ...{ controller: true, blockOwnerDeletion: true },
        },
      ],
      managedFields: [
        {
          manager: 'kube-controller-manager',
          operation: 'Update',
          apiVersion: 'discovery.k8s.io/v1',
          time: '2026-11-01T12:00:09Z',
          fieldsType: 'FieldsV1',
          fieldsV1: {
            'f:addressType': {},
            'f:endpoints': {},
            'f:metadata': {
              'f:annotations': {
                '.': {},
                'f:endpoints.kubernetes.io/last-change-trigger-time': {},
              },
              'f:generateName': {},
              'f:labels': {
                ...{ '.': {}, 'f:app.kubernetes.io/name': {}, 'f:app.kubernetes.io/part-of': {} },
                'f:endpointslice.kubernetes.io/managed-by': {},
                'f:kubernetes.io/service-name': {},
              },
              'f:ownerReferences': { '.': {}, [`k:{"uid":"${uid('s', index)}"}`]: {} },
            },
            'f:ports': {},
          },
        },
      ],
    },
    ports: [{ name: 'http', protocol: 'TCP', port: targetPort }],
    endpoints: turns.map((turn, endpoint) => ({
      addresses: [endpointIP(index, endpoint, turn)],
      conditions: { ready: true, serving: true, terminating: false },
      nodeName: `node-${(index * endpointsEach + endpoint) % nodeCount}`,
      targetRef: {
        ...{ kind: 'Pod', namespace: namespaceOf(index), uid: uid('d', index * 3 + endpoint) },
        name: `${name}-5d5f7c8b9c-${endpoint}`,
      },
      zone: `zone-${endpoint}`,
    })),
  } as EndpointSlice;
}

function labels(name: string): Record<string, string> {
  return { 'app.kubernetes.io/name': name, 'app.kubernetes.io/part-of': 'shop' };
}

function uid(kind: string, index: number): string {
  return `5f0c1a2b-7d3e-4c56-9a8f-${kind.charCodeAt(0).toString(16)}${String(index).padStart(10, '0')}`;
}

function address(base: number, offset: number): string {
  const value = base + offset;
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
}
