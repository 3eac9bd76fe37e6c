/** How the nodes of a Service are asked for their health (specification 5.3, KEP-3458, KEP-3836). */
import type { HealthCheck, ProviderProfile } from '../profile.ts';
import type { Node, Service } from '../service.ts';
import type { CheckedNode } from './checks/health-checks.ts';
import { addressOfNode } from './node-address.ts';
import type { CheckOverrides } from './options.ts';

/** kube-proxy's `/healthz`: the node's, whatever the Service. */
const nodeHealthPort = 10_256;

/** Null: this node is not asked. */
export type CheckOf = (node: Node) => CheckedNode | null;

/** With `externalTrafficPolicy: Local` a node is well when it has endpoints of the Service. */
export function checkOf(
  profile: ProviderProfile,
  { spec }: Service,
  { port = nodeHealthPort, ...overrides }: CheckOverrides,
): CheckOf {
  const own = profile.healthCheck.value;
  if (own === null) return () => null;
  const check: HealthCheck = { ...own, ...overrides };
  const isLocal = spec.externalTrafficPolicy === 'Local';
  const askedPort = isLocal && spec.healthCheckNodePort ? spec.healthCheckNodePort : port;
  return (node) => {
    const address = addressOfNode(node, 'IPv4') ?? addressOfNode(node, 'IPv6');
    return address === null ? null : { address, port: askedPort, check };
  };
}
