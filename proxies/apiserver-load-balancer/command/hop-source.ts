/** The connections of a load balancer as hops, for the process that started it. */
import type { HopSource } from '../../kit/hop-channel.ts';
import type { RunningBalancer } from '../balancer.ts';
import { hopsOfConnection, type BalancerPlace } from '../connection-hops.ts';

export function hopSource(balancer: RunningBalancer, place: BalancerPlace): HopSource {
  let following: ReturnType<RunningBalancer['onConnection']> | undefined;
  return {
    setHopListener: (listener) => {
      following?.[Symbol.dispose]();
      following =
        listener === null
          ? undefined
          : balancer.onConnection((connection) =>
              hopsOfConnection(connection, place).forEach((hop) => listener(hop)),
            );
      return following?.ready;
    },
  };
}
