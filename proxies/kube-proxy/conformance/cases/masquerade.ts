/**
 * Upstream's TestInternalExternalMasquerade: 27 flows, {pod, node, external} × {ClusterIP, NodePort, load
 * balancer} × {no policy, external Local, internal Local}, for each way to tell pods from others.
 */
import { externalClient, nodeIP, nodeName, otherNodeName, pod, podCIDR } from './addresses.ts';
import type { Outcome } from './case.ts';
import { service, slice } from './objects.ts';
import { conformanceCase, flow, masqueradedTo, to } from './write.ts';

const clients = { pod, node: nodeIP, external: externalClient } as const;
type Client = keyof typeof clients;
type Target = 'ClusterIP' | 'NodePort' | 'LoadBalancer IP';

const services = [
  {
    policy: 'no policy',
    name: 'ns1/svc1',
    number: 1,
    clusterIP: '172.30.0.41',
    balancer: '1.2.3.4',
    spec: {},
  },
  {
    policy: 'external policy Local',
    name: 'ns2/svc2',
    number: 2,
    clusterIP: '172.30.0.42',
    balancer: '5.6.7.8',
    spec: { externalTrafficPolicy: 'Local' },
  },
  {
    policy: 'internal policy Local',
    name: 'ns3/svc3',
    number: 3,
    clusterIP: '172.30.0.43',
    balancer: '9.10.11.12',
    spec: { internalTrafficPolicy: 'Local' },
  },
] as const;
type Service = (typeof services)[number];

const variants = [
  { name: 'pods known by their CIDR', knowsPods: true, masqueradeAll: false },
  { name: 'pods not known', knowsPods: false, masqueradeAll: false },
  { name: 'masqueradeAll', knowsPods: true, masqueradeAll: true },
  { name: 'masqueradeAll, pods not known', knowsPods: false, masqueradeAll: true },
] as const;
type Variant = (typeof variants)[number];

/** What the specification says in words (3.7). */
function expected(client: Client, target: Target, { policy, number }: Service, variant: Variant) {
  const local = `10.180.0.${number}:80`;
  const both = [local, `10.180.1.${number}:80`];
  if (target === 'ClusterIP') {
    const isMasqueraded = variant.masqueradeAll || (variant.knowsPods && client !== 'pod');
    return outcome(policy === 'internal policy Local' ? [local] : both, isMasqueraded);
  }
  if (policy !== 'external policy Local' || client === 'node') return outcome(both, true);
  // Pods are sent where a load balancer would send them, if they are known for pods.
  return outcome(client === 'pod' && variant.knowsPods ? both : [local], false);
}

function outcome(backends: readonly string[], isMasqueraded: boolean): Outcome {
  return isMasqueraded ? masqueradedTo(...backends) : to(...backends);
}

function flowsOf(variant: Variant) {
  return services.flatMap((one) => {
    const targets = {
      ClusterIP: [one.clusterIP, 80],
      NodePort: [nodeIP, 3000 + one.number],
      'LoadBalancer IP': [one.balancer, 80],
    } as const satisfies Record<Target, readonly [string, number]>;
    return (['ClusterIP', 'NodePort', 'LoadBalancer IP'] as const).flatMap((target) =>
      (['pod', 'node', 'external'] as const).map((client) => {
        const [address, port] = targets[target];
        const name = `${client} to ${target}, ${one.policy}`;
        return flow(name, clients[client], address, port, expected(client, target, one, variant));
      }),
    );
  });
}

export const masquerade = variants.map((variant) =>
  conformanceCase(
    `masquerade: ${variant.name}`,
    [
      {
        name: 'three Services',
        services: services.map(({ name, number, clusterIP, balancer, spec }) =>
          service(name, {
            type: 'LoadBalancer',
            clusterIP,
            ports: [{ name: 'p80', port: 80, nodePort: 3000 + number }],
            ingress: [{ ip: balancer }],
            ...spec,
          }),
        ),
        slices: services.map(({ name, number }) =>
          slice(name, [
            { address: `10.180.0.${number}`, nodeName },
            { address: `10.180.1.${number}`, nodeName: otherNodeName },
          ]),
        ),
        flows: flowsOf(variant),
      },
    ],
    { podCIDRs: variant.knowsPods ? [podCIDR] : [], masqueradeAll: variant.masqueradeAll },
  ),
);
