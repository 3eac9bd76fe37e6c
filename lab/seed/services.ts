/** The Services, and what stands behind them. */
import { textAt, type ApiObject, type Json } from '../apiserver/api-object.ts';
import { day, type Clock } from './clock.ts';
import { ownedBy, seedObject, type SeedObject } from './objects.ts';
import { generateName } from '../apiserver/metadata.ts';

interface SeedService {
  readonly name: string;
  readonly namespace: string;
  readonly clusterIP: string;
  readonly minutes: number;
  readonly type?: 'ClusterIP' | 'NodePort';
  readonly selector?: Readonly<Record<string, string>>;
  readonly ports: readonly {
    readonly name: string;
    readonly port: number;
    readonly targetPort: number;
    readonly nodePort?: number;
    readonly protocol?: 'TCP' | 'UDP';
  }[];
  /** Addresses that are no pods. */
  readonly addresses?: readonly string[];
}

const seedServices: readonly SeedService[] = [
  {
    name: 'kubernetes',
    namespace: 'default',
    clusterIP: '10.96.0.1',
    minutes: 12 * day,
    ports: [{ name: 'https', port: 443, targetPort: 6443 }],
    addresses: ['172.30.0.11'],
  },
  {
    name: 'web',
    namespace: 'default',
    clusterIP: '10.96.71.8',
    minutes: 47,
    selector: { app: 'web' },
    ports: [{ name: 'http', port: 80, targetPort: 8080 }],
  },
  {
    name: 'front',
    namespace: 'shop',
    clusterIP: '10.96.112.43',
    minutes: 3 * day + 200,
    type: 'NodePort',
    selector: { app: 'front' },
    ports: [{ name: 'http', port: 80, targetPort: 3000, nodePort: 30080 }],
  },
  {
    name: 'kube-dns',
    namespace: 'kube-system',
    clusterIP: '10.96.0.10',
    minutes: 12 * day,
    selector: { 'k8s-app': 'kube-dns' },
    ports: [
      { name: 'dns', port: 53, targetPort: 53, protocol: 'UDP' },
      { name: 'dns-tcp', port: 53, targetPort: 53 },
      { name: 'metrics', port: 9153, targetPort: 9153 },
    ],
  },
];

/** The Services with the Endpoints and EndpointSlices that these pods make. */
export function serviceObjects(pods: readonly ApiObject[], clock: Clock): readonly SeedObject[] {
  return seedServices.flatMap((service) => {
    const { name, namespace, selector } = service;
    const createdAt = clock.minutesAgo(service.minutes);
    const named = { name, namespace, createdAt, labels: selector ?? {} };
    const behind = pods.filter((pod) => isSelected(pod, service));
    const object = seedObject('', 'services', named, {
      spec: specOf(service),
      status: { loadBalancer: {} },
    });
    const ports = service.ports.map(({ name: portName, targetPort, protocol = 'TCP' }) => ({
      name: portName,
      port: targetPort,
      protocol,
    }));
    const addresses = [
      ...(service.addresses ?? []).map((ip) => ({ ip })),
      ...behind.map((pod) => ({
        ip: textAt(pod, 'status', 'podIP'),
        nodeName: textAt(pod, 'spec', 'nodeName'),
        targetRef: referenceTo(pod),
      })),
    ];
    return [
      object,
      seedObject('', 'endpoints', named, { subsets: [{ addresses, ports }] }),
      seedObject(
        'discovery.k8s.io',
        'endpointslices',
        {
          name: selector ? generateName(`${name}-`) : name,
          namespace,
          createdAt,
          labels: {
            'kubernetes.io/service-name': name,
            'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
          },
          owner: ownedBy('v1', 'Service', object.object),
        },
        {
          addressType: 'IPv4',
          endpoints: addresses.map(({ ip, ...rest }) => ({
            addresses: [ip],
            conditions: { ready: true, serving: true, terminating: false },
            ...rest,
          })),
          ports,
        },
      ),
    ];
  });
}

function specOf({ clusterIP, ports, selector, type = 'ClusterIP' }: SeedService): Json {
  return {
    clusterIP,
    clusterIPs: [clusterIP],
    ...(type === 'NodePort' ? { externalTrafficPolicy: 'Cluster' } : {}),
    internalTrafficPolicy: 'Cluster',
    ipFamilies: ['IPv4'],
    ipFamilyPolicy: 'SingleStack',
    ports: ports.map((port) => ({ protocol: 'TCP', ...port })),
    ...(selector ? { selector } : {}),
    sessionAffinity: 'None',
    type,
  };
}

function isSelected({ metadata }: ApiObject, { namespace, selector }: SeedService): boolean {
  return (
    selector !== undefined &&
    metadata.namespace === namespace &&
    Object.entries(selector).every(([key, value]) => metadata.labels?.[key] === value)
  );
}

function referenceTo({ metadata }: ApiObject) {
  return {
    kind: 'Pod',
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    uid: metadata.uid ?? '',
  };
}
