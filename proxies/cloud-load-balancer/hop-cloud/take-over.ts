/** Begins with the Services there are: what they were given is theirs, and what others have goes. */
import { formatIp, parseIp } from '../../kit/ip.ts';
import { servesClass } from '../contract.ts';
import { defaultLoadBalancerName } from '../provider.ts';
import type { Service } from '../service.ts';
import { LoadBalancer } from './load-balancer.ts';
import type { HopCloudOptions } from './options.ts';
import { serviceKey } from './plan.ts';
import type { Served } from './served.ts';

export interface TakeOver {
  readonly services: readonly Service[];
  readonly balancers: Map<string, LoadBalancer>;
  readonly served: Served;
  readonly options: Pick<HopCloudOptions, 'dataplane' | 'profileOf' | 'tell'>;
}

/**
 * Who is older keeps an address that two were given: the other is told, and gets another when it is ensured. What is
 * in a status goes before what only this process remembers, since that is what clients know.
 */
export async function takeOver({ services, balancers, served, options }: TakeOver): Promise<void> {
  const ours = new Map(
    services
      .filter((service) => isOurs(service, options))
      .map((service) => [defaultLoadBalancerName(service), service]),
  );
  const remembered = new Map<LoadBalancer, LoadBalancer['held']>();
  for (const balancer of [...balancers.values()]) {
    if (ours.has(balancer.name)) remembered.set(balancer, balancer.held);
    else balancers.delete(balancer.name);
    if (ours.has(balancer.name)) served.loosen(balancer);
    else served.release(balancer);
  }
  for (const [name, service] of [...ours].sort(byAge)) {
    const known = balancers.get(name);
    if (!known && (service.status?.loadBalancer?.ingress ?? []).length === 0) continue;
    const balancer = known ?? new LoadBalancer(name, service);
    balancers.set(name, balancer);
    for (const text of addressesIn(service)) {
      if (!served.hold(balancer, text) && served.book.holderOf(text) !== null) {
        tellTaken(service, text, options);
      }
    }
  }
  for (const [balancer, held] of remembered) {
    for (const { address } of held) served.hold(balancer, address);
    served.dropLost(balancer);
  }
  const kept = [...balancers.values()].flatMap(({ forwarding }) => forwarding ?? []);
  await options.dataplane.replaceAll(kept);
  for (const balancer of balancers.values()) balancer.isTouched = balancer.forwarding !== null;
}

/** The addresses in a Service's status, in their one form. */
export function addressesIn({ status }: Service): readonly string[] {
  return (status?.loadBalancer?.ingress ?? []).flatMap(({ ip = '' }) => {
    const parsed = parseIp(ip);
    return parsed ? [formatIp(parsed)] : [];
  });
}

const finalizer = 'service.kubernetes.io/load-balancer-cleanup';

/** Those of other clouds have addresses too, which nobody would tell us are free again. */
function isOurs(service: Service, { profileOf }: TakeOver['options']): boolean {
  const { metadata, spec } = service;
  if (metadata.finalizers?.includes(finalizer)) return true;
  if (spec.type !== 'LoadBalancer') return false;
  return servesClass(profileOf(service), spec.loadBalancerClass ?? null);
}

function byAge([, one]: [string, Service], [, other]: [string, Service]): number {
  return ageKey(one) < ageKey(other) ? -1 : 1;
}

/** Times of the API are written alike, so that their order is that of the texts. */
function ageKey({ metadata: { creationTimestamp = '', uid = '' } }: Service): string {
  return `${creationTimestamp} ${uid}`;
}

function tellTaken(service: Service, address: string, { tell }: TakeOver['options']): void {
  const message = `${address} is the address of an older Service: ${serviceKey(service)} gets another`;
  tell(service, 'Warning', 'LoadBalancerAddressTaken', message);
}
