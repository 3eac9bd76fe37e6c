/** Begins with the Services there are: what they were given is theirs, and what others have goes. */
import { formatIp, parseIp } from '../../kit/ip.ts';
import { servesClass } from '../contract.ts';
import { finalizer } from '../facts/finalizer.ts';
import { defaultLoadBalancerName } from '../provider.ts';
import type { Node, Service } from '../service.ts';
import type { Forwarding } from '../forwarding.ts';
import type { ProviderProfile } from '../profile.ts';
import { LoadBalancer } from './load-balancer.ts';
import type { HopCloudOptions } from './options.ts';
import { serviceKey } from './plan.ts';
import type { Served } from './served.ts';

export interface TakeOver {
  readonly services: readonly Service[];
  /** To which packets of theirs go on. */
  readonly nodes: readonly Node[];
  readonly balancers: Map<string, LoadBalancer>;
  readonly served: Served;
  readonly options: Pick<HopCloudOptions, 'dataplane' | 'profileOf' | 'tell' | 'log'>;
}

/**
 * Who is older keeps an address that two were given: the other is told, and gets another when it is ensured. What is
 * in a status goes before what only this process remembers, since that is what clients know.
 */
export async function takeOver(work: TakeOver): Promise<void> {
  const { services, balancers, served, options } = work;
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
    const balancer = known ?? new LoadBalancer(name, service);
    for (const text of addressesIn(service)) {
      if (!served.hold(balancer, text) && served.book.holderOf(text) !== null) {
        tellTaken(service, text, options);
      }
    }
    // All clouds have the same finalizer: what is proof is an address of ours, since theirs are in no pool of ours.
    if (balancer.held.length > 0) balancers.set(name, balancer);
  }
  for (const [balancer, held] of remembered) {
    for (const { address } of held) served.hold(balancer, address);
    served.dropLost(balancer);
  }
  const toResume = [...balancers.values()].flatMap((balancer) => {
    const service = ours.get(balancer.name);
    if (balancer.forwarding !== null || service === undefined) return [];
    return goesOn(service, options) ? [{ balancer, service }] : [];
  });
  // Answers of nodes that come meanwhile change what is forwarded only after this.
  const { promise: taken, resolve: letGo } = Promise.withResolvers<undefined>();
  for (const { balancer } of toResume) void balancer.inTurn(() => taken);
  try {
    await forwardAll(work, toResume);
  } finally {
    letGo(undefined);
  }
}

/** What goes on is told at once, so that nobody is refused whose connections the kernel has forwarded until now. */
async function forwardAll(
  { nodes, balancers, served, options: { dataplane, log } }: TakeOver,
  toResume: readonly { readonly balancer: LoadBalancer; readonly service: Service }[],
): Promise<void> {
  const all = [...balancers.values()];
  const kept = all.flatMap(({ forwarding }) => forwarding ?? []);
  const resumed = new Map<LoadBalancer, Forwarding>();
  const resume = async ({ balancer, service }: (typeof toResume)[number]) => {
    const forwarding = await served.resume(balancer, service, nodes);
    if (forwarding !== null) resumed.set(balancer, forwarding);
  };
  await Promise.all(toResume.map(resume));
  try {
    await dataplane.replaceAll([...kept, ...resumed.values()]);
    for (const [balancer, forwarding] of resumed) balancer.forwarding = forwarding;
  } catch (error) {
    if (resumed.size === 0) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    log(`load balancers do not go on until each is ensured: ${reason}`);
    await dataplane.replaceAll(kept);
  }
  for (const balancer of all) balancer.isTouched = balancer.forwarding !== null;
}

/** It was given an address, and is to keep it. */
function goesOn(service: Service, options: TakeOver['options']): boolean {
  const { metadata, spec } = service;
  const isWanted = spec.type === 'LoadBalancer' && metadata.deletionTimestamp === undefined;
  return isWanted && addressesIn(service).length > 0 && profileFor(service, options) !== null;
}

/** The addresses in a Service's status, in their one form. */
export function addressesIn({ status }: Service): readonly string[] {
  return (status?.loadBalancer?.ingress ?? []).flatMap(({ ip = '' }) => {
    const parsed = parseIp(ip);
    return parsed ? [formatIp(parsed)] : [];
  });
}

/** Those of other clouds have addresses too, which nobody would tell us are free again. */
function isOurs(service: Service, options: TakeOver['options']): boolean {
  const { metadata, spec } = service;
  if (metadata.finalizers?.includes(finalizer)) return true;
  const profile = spec.type === 'LoadBalancer' ? profileFor(service, options) : null;
  return profile !== null && servesClass(profile, spec.loadBalancerClass ?? null);
}

/** Null where it names one that there is not: whoever ensures it is told, and no other Service waits for that. */
function profileFor(service: Service, { profileOf }: TakeOver['options']): ProviderProfile | null {
  try {
    return profileOf(service);
  } catch {
    return null;
  }
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
