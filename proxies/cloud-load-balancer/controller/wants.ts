/** Which Services are to have a load balancer of ours, and of which one is left that must go. */
import type { Service } from '../service.ts';

/** While it is there, the Service cannot go: its load balancer is still to be deleted. */
export const cleanupFinalizer = 'service.kubernetes.io/load-balancer-cleanup';

/** @param loadBalancerClass the one class that we serve; null: Services without a class */
export function wantsLoadBalancer({ spec }: Service, loadBalancerClass: string | null): boolean {
  return spec.type === 'LoadBalancer' && (spec.loadBalancerClass ?? null) === loadBalancerClass;
}

export function hasFinalizer({ metadata: { finalizers = [] } }: Service): boolean {
  return finalizers.includes(cleanupFinalizer);
}

/** It was given one, and is to have it no more: it is being deleted, or wants none. */
export function needsCleanup(service: Service, loadBalancerClass: string | null): boolean {
  const isLeaving = service.metadata.deletionTimestamp !== undefined;
  return hasFinalizer(service) && (isLeaving || !wantsLoadBalancer(service, loadBalancerClass));
}
