/** Says which Service got which address, and when it is free again. */
import { keyOf } from '../../kit/api/watch-cache.ts';
import type { Provider } from '../provider.ts';
import type { LoadBalancerStatus, Service } from '../service.ts';

/** The same provider, which tells of changes. */
export function tellAddresses(provider: Provider, say: (text: string) => void): Provider {
  /** By UID: what was said last. */
  const said = new Map<string, string>();
  const uidOf = ({ metadata }: Service) => metadata.uid ?? '';
  return {
    name: provider.name,
    begin: (...args) => provider.begin(...args),
    getLoadBalancer: (...args) => provider.getLoadBalancer(...args),
    getLoadBalancerName: (service) => provider.getLoadBalancerName(service),
    updateLoadBalancer: (...args) => provider.updateLoadBalancer(...args),
    ensureLoadBalancer: async (service, ...rest) => {
      const status = await provider.ensureLoadBalancer(service, ...rest);
      const addresses = addressesText(status);
      if (addresses !== said.get(uidOf(service)) && addresses !== '') {
        say(`${keyOf(service)} has ${addresses} (${portsText(service, status)})`);
      }
      said.set(uidOf(service), addresses);
      return status;
    },
    ensureLoadBalancerDeleted: async (service, ...rest) => {
      await provider.ensureLoadBalancerDeleted(service, ...rest);
      const addresses = said.get(uidOf(service)) ?? '';
      if (addresses !== '') say(`${keyOf(service)} has ${addresses} no more`);
      said.delete(uidOf(service));
    },
    [Symbol.asyncDispose]: () => provider[Symbol.asyncDispose](),
  };
}

function addressesText({ ingress = [] }: LoadBalancerStatus): string {
  return ingress.map(({ ip, hostname }) => ip ?? hostname ?? '').join(', ');
}

/** Those that are served. @example '80/TCP, 53/UDP' */
function portsText({ spec }: Service, { ingress = [] }: LoadBalancerStatus): string {
  const listed = ingress[0]?.ports ?? spec.ports ?? [];
  return listed
    .filter((port) => !('error' in port))
    .map(({ port, protocol = 'TCP' }) => `${port}/${protocol}`)
    .join(', ');
}
