/** For tests: Services and nodes as the API has them. */
import type { LoadBalancerStatus, Node, Service, ServiceSpec } from '../../service.ts';

export interface ServiceWish extends Partial<ServiceSpec> {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly createdAt?: string;
  readonly status?: LoadBalancerStatus;
}

/** TCP port 80 at node port 30080, in IPv4, if not told otherwise. */
export function service(name: string, wish: ServiceWish = {}): Service {
  const { annotations, createdAt = '2026-11-22T00:00:00Z', status, ...spec } = wish;
  return {
    metadata: {
      name,
      namespace: 'shop',
      uid: `uid-${name}`,
      creationTimestamp: createdAt,
      finalizers: ['service.kubernetes.io/load-balancer-cleanup'],
      ...(annotations && { annotations }),
    },
    spec: {
      type: 'LoadBalancer',
      ipFamilies: ['IPv4'],
      ports: [{ protocol: 'TCP', port: 80, nodePort: 30_080 }],
      ...spec,
    },
    ...(status && { status: { loadBalancer: status } }),
  };
}

/** @param addresses its InternalIPs */
export function node(name: string, ...addresses: readonly string[]): Node {
  return {
    metadata: { name },
    status: { addresses: addresses.map((address) => ({ type: 'InternalIP', address })) },
  };
}

/** What a Service with these addresses has in its status. */
export function statusWith(...addresses: readonly string[]): LoadBalancerStatus {
  return { ingress: addresses.map((ip) => ({ ip, ipMode: 'VIP' })) };
}
