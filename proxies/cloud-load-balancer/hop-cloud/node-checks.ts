/** How the nodes of a Service are asked for their health (specification 5.3, KEP-3458, KEP-3836). */
import type { HealthCheck, ProviderProfile } from '../profile.ts';
import type { Node, Service } from '../service.ts';
import type { CheckedNode } from './checks/health-checks.ts';
import { addressOfNode } from './node-address.ts';
import type { CheckOverrides } from './options.ts';

/** kube-proxy's `/healthz`: the node's, whatever the Service. */
const nodeHealthPort = 10_256;

/** For clouds that ask nobody: they look at endpoints, which tell the same. */
const localCheck: HealthCheck = {
  asks: 'kube-proxy',
  intervalSeconds: 2,
  timeoutSeconds: 1,
  healthyThreshold: 1,
  unhealthyThreshold: 1,
};

/** Null: this node is not asked. */
export type CheckOf = (node: Node) => CheckedNode | null;

/** With `externalTrafficPolicy: Local` a node is well when it has endpoints of the Service, whatever the cloud. */
export function checkOf(
  profile: ProviderProfile,
  { spec }: Service,
  { port = nodeHealthPort, ...overrides }: CheckOverrides,
): CheckOf {
  const localPort = spec.externalTrafficPolicy === 'Local' ? (spec.healthCheckNodePort ?? 0) : 0;
  const own = profile.healthCheck.value ?? (localPort > 0 ? localCheck : null);
  if (own === null) return () => null;
  const { asks, ...check } = { ...own, ...overrides };
  const knockedPort = asks === 'node-port' ? nodePortOf(spec) : null;
  const place: Omit<CheckedNode, 'address'> =
    localPort === 0 && knockedPort !== null
      ? { port: knockedPort, how: 'connect', check }
      : { port: localPort > 0 ? localPort : port, how: 'healthz', check };
  return (node) => {
    const address = addressOfNode(node, 'IPv4') ?? addressOfNode(node, 'IPv6');
    return address === null ? null : { address, ...place };
  };
}

/** The first that takes connections. */
function nodePortOf({ ports = [] }: Service['spec']): number | null {
  const found = ports.find(({ protocol = 'TCP', nodePort }) => protocol === 'TCP' && nodePort);
  return found?.nodePort ?? null;
}
