/** What the load balancer did with whom: its connections as hops, and the way of each by its source. */
import type { RunningBalancer } from '../../proxies/apiserver-load-balancer/balancer.ts';
import {
  hopsOfConnection,
  type BalancerPlace,
} from '../../proxies/apiserver-load-balancer/connection-hops.ts';
import type { ForwardedConnection } from '../../proxies/apiserver-load-balancer/dataplane.ts';
import type { HopSource } from '../../proxies/kit/hop-channel.ts';
import type { PlacedConnection } from './messages.ts';

export interface ConnectionMemory extends HopSource {
  /** One that lives, or, since hops are told, one of the last thousand; null where it knows none. */
  find(source: string): Promise<PlacedConnection | null>;
}

const mostKept = 1_024;

/** It remembers nothing while nobody wants its hops. */
export function createConnectionMemory(
  balancer: Pick<RunningBalancer, 'onConnection' | 'connections'>,
  place: BalancerPlace,
): ConnectionMemory {
  const known = new Map<string, ForwardedConnection>();
  let following: ReturnType<RunningBalancer['onConnection']> | null = null;

  const remember = (connection: ForwardedConnection) => {
    known.delete(connection.source);
    known.set(connection.source, connection);
    const [oldest] = known.keys();
    if (known.size > mostKept && oldest !== undefined) known.delete(oldest);
  };

  return {
    setHopListener: (listener) => {
      following?.[Symbol.dispose]();
      following = null;
      known.clear();
      if (listener === null) return undefined;
      following = balancer.onConnection((connection) => {
        remember(connection);
        for (const hop of hopsOfConnection(connection, place)) listener(hop);
      });
      return following.ready;
    },
    find: async (source) => {
      const live = known.has(source) ? null : await balancer.connections();
      const found = known.get(source) ?? live?.find((one) => one.source === source);
      return found ? { ...found, ...place } : null;
    },
  };
}
