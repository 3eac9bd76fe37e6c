/** A load balancer as administrators and the laboratory see it. */
import { hostnameOf } from '../contract.ts';
import type { Node } from '../service.ts';
import type { Health } from './checks/health.ts';
import type { LoadBalancer } from './load-balancer.ts';
import { addressOfNode } from './node-address.ts';
import type { LoadBalancerView } from './options.ts';
import { serviceKey } from './plan.ts';

/** None of one that was taken over, and not ensured yet. */
export function viewOf(
  balancer: LoadBalancer,
  healthOf: (node: Node) => Health,
): readonly LoadBalancerView[] {
  const { profile, service, name, addresses, mode, forwarding, nodes } = balancer;
  if (profile === null) return [];
  const used = new Set(forwarding?.targets.map(({ family, node }) => `${family} ${node}`));
  const targets = addresses.flatMap(({ family }) =>
    nodes.flatMap((node) => {
      const address = addressOfNode(node, family);
      if (address === null) return [];
      const isUsed = used.has(`${family} ${node.metadata.name}`);
      return [{ node: node.metadata.name, family, address, health: healthOf(node), isUsed }];
    }),
  );
  return [
    {
      service: serviceKey(service),
      name,
      profile: profile.id,
      hostname: profile.address.value === 'hostname' ? hostnameOf(profile, name) : null,
      addresses: addresses.map(({ address }) => address),
      mode,
      ports: forwarding?.ports ?? [],
      targets,
    },
  ];
}
