/** What is to be forwarded for a Service: all that is known of it, brought together. Pure. */
import { electTargets } from '../elect.ts';
import type { ForwardedAddress, ForwardedPort, Forwarding, Target } from '../forwarding.ts';
import type { ProviderProfile } from '../profile.ts';
import type { Node, Service, ServicePort } from '../service.ts';
import type { Health } from './checks/health.ts';
import { addressOfNode } from './node-address.ts';
import { sourceRangesOf } from './source-ranges.ts';

export interface PlanInput {
  readonly service: Service;
  readonly loadBalancerName: string;
  readonly profile: ProviderProfile;
  /** Those that the profile and the dataplane take. */
  readonly ports: readonly ServicePort[];
  readonly addresses: readonly ForwardedAddress[];
  readonly mode: Forwarding['mode'];
  readonly nodes: readonly Node[];
  readonly healthOf: (node: Node) => Health;
}

export function planForwarding(input: PlanInput): Forwarding {
  const { service, loadBalancerName, profile, ports, addresses, mode, nodes, healthOf } = input;
  const targets = targetsOf(eligibleNodes(nodes, healthOf), addresses);
  return {
    name: loadBalancerName,
    service: serviceKey(service),
    addresses,
    mode,
    ports: ports.map(forwardedPort),
    targets: profile.targets.value === 'one-node' ? electTargets(targets, addresses) : targets,
    sourceRanges: sourceRangesOf(service),
    sessionAffinity: service.spec.sessionAffinity ?? 'None',
  };
}

/** `namespace/name` */
export function serviceKey({ metadata: { namespace = 'default', name } }: Service): string {
  return `${namespace}/${name}`;
}

/**
 * The healthy ones. While none is known to be, those that have not answered yet: a load balancer that has just begun
 * refuses nobody for that. When all have answered and none is healthy, nobody.
 */
export function eligibleNodes(
  nodes: readonly Node[],
  healthOf: (node: Node) => Health,
): readonly Node[] {
  const healthy = nodes.filter((node) => healthOf(node) === 'healthy');
  return healthy.length > 0 ? healthy : nodes.filter((node) => healthOf(node) === 'unknown');
}

function targetsOf(
  nodes: readonly Node[],
  addresses: readonly ForwardedAddress[],
): readonly Target[] {
  const families = new Set(addresses.map(({ family }) => family));
  return [...families].flatMap((family) =>
    nodes.flatMap((node) => {
      const address = addressOfNode(node, family);
      return address === null ? [] : [{ node: node.metadata.name, family, address }];
    }),
  );
}

function forwardedPort({ protocol = 'TCP', port, nodePort = 0 }: ServicePort): ForwardedPort {
  return { protocol, port, nodePort };
}
