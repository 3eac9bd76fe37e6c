/** What the load balancer does with a connection, as the two stretches of its way: to it, and to an apiserver. */
import { flowName } from '../kit/connect-request.ts';
import type { Hop } from '../kit/hop.ts';
import { unmeasured } from '../kit/unmeasured-hop.ts';
import type { Balance, ForwardedConnection } from './dataplane.ts';

export interface BalancerPlace {
  /** `userspace` or `nftables`, or the program: `nginx`, `haproxy`. */
  readonly dataplane: string;
  readonly balance: Balance;
}

export function hopsOfConnection(
  { source, destination, backend, seenAs }: ForwardedConnection,
  { dataplane, balance }: BalancerPlace,
): readonly [Hop, Hop] {
  const common = {
    request: flowName('TCP', source),
    protocol: 'TCP' as const,
    method: 'TCP',
    ...unmeasured(),
  };
  const values = { destination, backend, seenAs, dataplane, balance };
  return [
    {
      ...common,
      from: { station: 'client', address: source },
      to: { station: 'apiserver-load-balancer', address: destination },
      target: destination,
      decision: { key: 'apiserver-load-balancer.accepted', values },
    },
    {
      ...common,
      from: { station: 'apiserver-load-balancer', address: seenAs },
      to: { station: 'apiserver', address: backend },
      target: backend,
      decision: { key: 'apiserver-load-balancer.forwarded', values },
    },
  ];
}
