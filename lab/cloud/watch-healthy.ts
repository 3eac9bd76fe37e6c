/** Which load balancers of the cloud have somebody to send packets to. */
import { setTimeout as pause } from 'node:timers/promises';
import type { LoadBalancerView } from '../../proxies/cloud-load-balancer/hop-cloud/options.ts';
import type { Cluster } from '../cluster.ts';

export interface HealthyServices extends Disposable {
  /** @param service `namespace/name` */
  has(service: string): boolean;
}

const againAfterMs = 100;

/**
 * Asks again and again, until it is disposed of. One that forwards nothing, since nobody can here, waits for nobody.
 *
 * @param onChange called when another is there
 */
export function watchHealthy(
  { loadBalancers }: Pick<Cluster, 'loadBalancers'>,
  onChange: () => void,
): HealthyServices {
  let healthy: ReadonlySet<string> = new Set();
  const ending = new AbortController();
  const { signal } = ending;
  const watch = async () => {
    for (;;) {
      const found = (await loadBalancers()).filter(hasSomebody).map(({ service }) => service);
      signal.throwIfAborted();
      const isNew = found.some((service) => !healthy.has(service));
      healthy = new Set(found);
      if (isNew) onChange();
      await pause(againAfterMs, undefined, { signal });
    }
  };
  // It ends with whoever watches, or with the lab.
  watch().catch(() => undefined);
  return {
    has: (service) => healthy.has(service),
    [Symbol.dispose]: () => ending.abort(),
  };
}

function hasSomebody({ ports, targets }: LoadBalancerView): boolean {
  return ports.length === 0 || targets.some(({ health }) => health === 'healthy');
}
