/** The load balancer in front of the lab's apiservers, as what readers send requests through. */
import type { Lab } from '../../../lab/index.ts';
import { hopsOfConnection } from '../../../proxies/apiserver-load-balancer/connection-hops.ts';
import type { RunningProxy } from './running-proxy.ts';

/**
 * It has no address of its own on the host: the way to the apiservers leads through it. Which of them a
 * connection came to is asked for while that lives.
 */
export function throughLoadBalancer(
  { pathOf }: Pick<Lab, 'pathOf'>,
  apiservers: RunningProxy,
): RunningProxy {
  return {
    ...apiservers,
    tracedBy: 'connection',
    hops: {
      follow: (followed, onHop) => ({
        complete: async () => {
          if (!('address' in followed)) return;
          const path = await pathOf(followed.address);
          if (path === null) return;
          for (const hop of hopsOfConnection(path, path)) onHop(hop);
        },
        [Symbol.dispose]: () => undefined,
      }),
    },
  };
}
