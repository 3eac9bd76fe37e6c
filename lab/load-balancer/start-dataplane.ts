/** The kernel balances where it can; elsewhere we do. */
import type {
  BalancerOptions,
  RunningBalancer,
} from '../../proxies/apiserver-load-balancer/balancer.ts';
import type { Dataplane } from '../../proxies/apiserver-load-balancer/dataplane.ts';
import { startHopBalancer } from '../../proxies/apiserver-load-balancer/hop-balancer.ts';
import { klogLine } from '../../proxies/kit/klog.ts';

export interface StartedDataplane {
  readonly balancer: RunningBalancer;
  readonly dataplane: Dataplane['kind'];
}

/** @throws Error when an address cannot be listened on */
export async function startDataplane(
  dataplane: Dataplane['kind'],
  options: BalancerOptions,
): Promise<StartedDataplane> {
  try {
    return { balancer: await startHopBalancer({ ...options, dataplane }), dataplane };
  } catch (error) {
    if (dataplane === 'userspace') throw error;
    const why = error instanceof Error ? error.message : String(error);
    options.log(klogLine('W', 'hop', `userspace takes the place of nftables: ${why}`));
    return startDataplane('userspace', options);
  }
}
