/** Which Services are to have a load balancer of ours, and of which one is left that must go. */
import { finalizer } from '../facts/finalizer.ts';
import type { Service } from '../service.ts';

/** @param loadBalancerClass the one class that we serve; null: Services without a class */
export function wantsLoadBalancer({ spec }: Service, loadBalancerClass: string | null): boolean {
  return spec.type === 'LoadBalancer' && (spec.loadBalancerClass ?? null) === loadBalancerClass;
}

export function hasFinalizer({ metadata: { finalizers = [] } }: Service): boolean {
  return finalizers.includes(finalizer);
}

/** It was given one, and is to have it no more: it is being deleted, or wants none. */
export function needsCleanup(service: Service, loadBalancerClass: string | null): boolean {
  if (!hasFinalizer(service)) return false;
  return isLeaving(service) || !wantsLoadBalancer(service, loadBalancerClass);
}

export function isLeaving({ metadata }: Service): boolean {
  return metadata.deletionTimestamp !== undefined;
}

/** A load balancer, but somebody else's. */
export function isOtherClass(service: Service, loadBalancerClass: string | null): boolean {
  const isBalanced = service.spec.type === 'LoadBalancer';
  return isBalanced && !wantsLoadBalancer(service, loadBalancerClass);
}
