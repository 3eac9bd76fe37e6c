/** For whom an endpoint is meant, where the Service prefers what is near. */
import type { Endpoint } from '../objects/service.ts';

/** https://kubernetes.io/docs/reference/networking/virtual-ips/#traffic-distribution */
export function withHints(endpoint: Endpoint, trafficDistribution: string | undefined): Endpoint {
  const { zone, nodeName, conditions } = endpoint;
  if (!conditions?.ready || !zone) return endpoint;
  const forZones = [{ name: zone }];
  switch (trafficDistribution) {
    case 'PreferClose':
    case 'PreferSameZone':
      return { ...endpoint, hints: { forZones } };
    case 'PreferSameNode':
      return {
        ...endpoint,
        hints: { forZones, ...(nodeName && { forNodes: [{ name: nodeName }] }) },
      };
    default:
      return endpoint;
  }
}
