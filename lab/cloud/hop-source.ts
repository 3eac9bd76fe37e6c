/** What the cloud does with packets, as hops, while somebody wants them. */
import { hopsOfFlow } from '../../proxies/cloud-load-balancer/flow-hops.ts';
import type { Dataplane } from '../../proxies/cloud-load-balancer/forwarding.ts';
import type { HopSource } from '../../proxies/kit/hop-channel.ts';

export function hopSourceOf({ kind, onFlow }: Pick<Dataplane, 'kind' | 'onFlow'>): HopSource {
  let following: ReturnType<Dataplane['onFlow']> | null = null;
  return {
    setHopListener: (listener) => {
      following?.[Symbol.dispose]();
      following = null;
      if (listener === null) return undefined;
      following = onFlow((flow) => {
        for (const hop of hopsOfFlow(flow, kind)) listener(hop);
      });
      return following.ready;
    },
  };
}
