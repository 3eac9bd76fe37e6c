/** What the controller writes into a Service: its finalizer, and the load balancer's status. */
import { isDeepStrictEqual } from 'node:util';
import type { ApiClient, KubeObject } from '../../kit/api/api-client.ts';
import { finalizer } from '../facts/finalizer.ts';
import type { LoadBalancerIngress, LoadBalancerStatus, Service } from '../service.ts';
import { hasFinalizer } from './wants.ts';

/** Each answers with the Service as it is then, and asks nobody where nothing changes. */
export interface ServiceWriter {
  addFinalizer(service: Service, signal: AbortSignal): Promise<Service>;
  removeFinalizer(service: Service, signal: AbortSignal): Promise<Service>;
  writeStatus(service: Service, status: LoadBalancerStatus, signal: AbortSignal): Promise<Service>;
}

export function createServiceWriter(client: ApiClient): ServiceWriter {
  /** All through the status, as upstream: the controller's role allows no more. */
  const patch = (service: Service, change: object, signal: AbortSignal) =>
    client.patch<Service>(`${pathOf(service)}/status`, 'strategic-merge', change, { signal });
  return {
    addFinalizer: async (service, signal) => {
      if (hasFinalizer(service)) return service;
      return patch(service, { metadata: { finalizers: [finalizer] } }, signal);
    },
    removeFinalizer: async (service, signal) => {
      if (!hasFinalizer(service)) return service;
      const metadata = { '$deleteFromPrimitiveList/finalizers': [finalizer] };
      return patch(service, { metadata }, signal);
    },
    writeStatus: async (service, status, signal) => {
      if (isSameStatus(service.status?.loadBalancer, status)) return service;
      const ingress = status.ingress?.length ? status.ingress : null;
      return patch(service, { status: { loadBalancer: { ingress } } }, signal);
    },
  };
}

export function isSameStatus(
  one: LoadBalancerStatus | undefined,
  other: LoadBalancerStatus | undefined,
): boolean {
  const shown = (status: LoadBalancerStatus | undefined) => status?.ingress?.map(asWritten) ?? [];
  return isDeepStrictEqual(shown(one), shown(other));
}

/** As it is when the apiserver has set what was left out. */
function asWritten({ ip, hostname, ipMode, ports }: LoadBalancerIngress) {
  return {
    ip: ip ?? '',
    hostname: hostname ?? '',
    ipMode: ip ? (ipMode ?? 'VIP') : '',
    ports: ports?.map(({ port, protocol, error }) => [port, protocol, error ?? '']) ?? [],
  };
}

function pathOf({ metadata: { namespace = '', name } }: KubeObject): string {
  return `/api/v1/namespaces/${namespace}/services/${name}`;
}
