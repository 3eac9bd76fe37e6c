/** Services that the lab's cloud leaves alone, as in a cluster that has none. */
import { finalizer } from '../../proxies/cloud-load-balancer/facts/finalizer.ts';
import { ImplementedElsewhere, type Provider } from '../../proxies/cloud-load-balancer/provider.ts';
import type { Service } from '../../proxies/cloud-load-balancer/service.ts';
import { providerAnnotation } from '../../proxies/cloud-load-balancer/facts/provider-annotation.ts';

const nobody = 'none';

/** Nobody writes anything of these: neither events nor finalizers. */
export async function isNobodys(service: Service): Promise<boolean> {
  return isForNobody(service) && !isServed(service);
}

/** Takes back what a Service was given that is to be served by nobody from now on. */
export function leavingToNobody(provider: Provider): Provider {
  const ensure: Provider['ensureLoadBalancer'] = async (service, nodes, signal) => {
    if (!isForNobody(service)) return provider.ensureLoadBalancer(service, nodes, signal);
    await provider.ensureLoadBalancerDeleted(service, signal);
    if (!isServed(service)) throw new ImplementedElsewhere('nobody serves it');
    return {};
  };
  return {
    name: provider.name,
    begin: (...args) => provider.begin(...args),
    getLoadBalancer: (...args) => provider.getLoadBalancer(...args),
    getLoadBalancerName: (service) => provider.getLoadBalancerName(service),
    ensureLoadBalancer: ensure,
    updateLoadBalancer: async (service, nodes, signal) => {
      if (!isForNobody(service)) await provider.updateLoadBalancer(service, nodes, signal);
    },
    ensureLoadBalancerDeleted: (...args) => provider.ensureLoadBalancerDeleted(...args),
    [Symbol.asyncDispose]: () => provider[Symbol.asyncDispose](),
  };
}

function isForNobody({ metadata }: Service): boolean {
  return metadata.annotations?.[providerAnnotation] === nobody;
}

function isServed({ metadata, status }: Service): boolean {
  const ingress = status?.loadBalancer?.ingress ?? [];
  return ingress.length > 0 || (metadata.finalizers ?? []).includes(finalizer);
}
