/** Upstream's TestExternalTrafficPolicyLocal and TestExternalTrafficPolicyCluster. */
import { externalClient, heldExternalIP, nodeIP, nodeName, pod } from './addresses.ts';
import type { Outcome } from './case.ts';
import { service, slice } from './objects.ts';
import { conformanceCase, DROP, flow, masqueradedTo, to, untouched } from './write.ts';

const local = '10.180.0.1:80';
const both = [local, '10.180.2.1:80'] as const;
/** One that the node holds, and one that it does not. */
const externalIPs = [heldExternalIP, '192.168.99.22'];

const targets = [
  { name: 'external IP of the node', to: heldExternalIP, port: 80 },
  { name: 'external IP', to: '192.168.99.22', port: 80 },
  { name: 'LoadBalancer IP', to: '1.2.3.4', port: 80 },
  { name: 'NodePort', to: nodeIP, port: 3001 },
] as const;

const policies = [
  {
    policy: 'Local',
    fromPod: to(...both),
    fromOutside: to(local),
    fromNode: masqueradedTo(...both),
  },
  {
    policy: 'Cluster',
    fromPod: masqueradedTo(...both),
    fromOutside: masqueradedTo(...both),
    fromNode: masqueradedTo(...both),
  },
] as const satisfies readonly {
  policy: string;
  fromPod: Outcome;
  fromOutside: Outcome;
  fromNode: Outcome;
}[];

function withPolicy(policy: 'Local' | 'Cluster') {
  return service('ns1/svc1', {
    type: 'LoadBalancer',
    clusterIP: '172.30.0.41',
    ports: [{ name: 'p80', port: 80, nodePort: 3001 }],
    externalIPs,
    externalTrafficPolicy: policy,
    ingress: [{ ip: '1.2.3.4' }],
  });
}

export const externalPolicy = [
  ...policies.map(({ policy, fromPod, fromOutside, fromNode }) =>
    conformanceCase(`externalTrafficPolicy ${policy}`, [
      {
        name: 'a local endpoint and a remote one',
        services: [withPolicy(policy)],
        slices: [
          slice('ns1/svc1', [{ address: '10.180.0.1', nodeName }, { address: '10.180.2.1' }]),
        ],
        flows: [
          flow('pod to ClusterIP', pod, '172.30.0.41', 80, to(...both)),
          ...targets.flatMap((target) => [
            flow(`pod to ${target.name}`, pod, target.to, target.port, fromPod),
            flow(`external to ${target.name}`, externalClient, target.to, target.port, fromOutside),
            flow(`node to ${target.name}`, nodeIP, target.to, target.port, fromNode),
          ]),
          flow('pod to another port of LoadBalancer IP', pod, '1.2.3.4', 81, untouched),
          flow(
            'external to another port of external IP',
            externalClient,
            '192.168.99.22',
            81,
            untouched,
          ),
          flow('UDP to LoadBalancer IP', externalClient, '1.2.3.4', 80, untouched, 'UDP'),
        ],
      },
    ]),
  ),
  conformanceCase('externalTrafficPolicy Local, nothing local', [
    {
      name: 'a remote endpoint',
      services: [withPolicy('Local')],
      slices: [slice('ns1/svc1', [{ address: '10.180.2.1' }])],
      flows: targets.flatMap((target) => [
        flow(`pod to ${target.name}`, pod, target.to, target.port, to('10.180.2.1:80')),
        flow(`external to ${target.name}`, externalClient, target.to, target.port, DROP),
        flow(
          `node to ${target.name}`,
          nodeIP,
          target.to,
          target.port,
          masqueradedTo('10.180.2.1:80'),
        ),
      ]),
    },
  ]),
  conformanceCase('externalTrafficPolicy Local, to itself', [
    {
      name: 'a local endpoint',
      services: [withPolicy('Local')],
      slices: [slice('ns1/svc1', [{ address: '10.180.0.1', nodeName }])],
      flows: targets.map((target) =>
        flow(target.name, '10.180.0.1', target.to, target.port, masqueradedTo(local)),
      ),
    },
  ]),
];
