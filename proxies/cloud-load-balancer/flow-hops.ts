/** What the cloud load balancer does with a flow, as the two stretches of its way: to it, and to a node. */
import { flowName } from '../kit/connect-request.ts';
import type { Hop } from '../kit/hop.ts';
import { unmeasured } from '../kit/unmeasured-hop.ts';
import type { Dataplane, ForwardedFlow } from './forwarding.ts';

const decisions = {
  VIP: 'cloud-load-balancer.passed-on',
  Proxy: 'cloud-load-balancer.forwarded',
} as const satisfies Readonly<Record<ForwardedFlow['mode'], string>>;

export function hopsOfFlow(
  { protocol, source, destination, service, node, target, seenAs, mode }: ForwardedFlow,
  dataplane: Dataplane['kind'],
): readonly [Hop, Hop] {
  const common = {
    request: flowName(protocol, source),
    protocol,
    method: protocol,
    ...unmeasured(),
  };
  const values = { destination, service, node, target, seenAs, dataplane };
  return [
    {
      ...common,
      from: { station: 'client', address: source },
      to: { station: 'cloud-load-balancer', address: destination },
      target: destination,
      decision: { key: 'cloud-load-balancer.accepted', values },
    },
    {
      ...common,
      from: { station: 'cloud-load-balancer', address: seenAs },
      to: { station: 'node', address: target },
      target,
      decision: { key: decisions[mode], values },
    },
  ];
}
