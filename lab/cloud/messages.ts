/** What the supervisor asks the cloud's program, over the channel between them. */
import type { LoadBalancerView } from '../../proxies/cloud-load-balancer/hop-cloud/options.ts';

/** Sent with the number of the question; answered with all load balancers, as `LoadBalancersAnswer`. */
export interface LoadBalancersQuestion {
  readonly loadBalancers: true;
}

export type LoadBalancersAnswer = readonly LoadBalancerView[];
