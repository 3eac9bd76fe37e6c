/** What TCP is told and UDP is not, or otherwise: the same policies for datagrams. */
import { allowedRange, blockedClient, externalClient, nodeIP, nodeName, pod } from './addresses.ts';
import { service, slice, type ServiceText } from './objects.ts';
import { conformanceCase, DROP, flow, masqueradedTo, REJECT, to } from './write.ts';

const dns = { name: 'dns', port: 53, nodePort: 3053, protocol: 'UDP' as const };
const [here, there] = ['10.180.0.1:53', '10.180.2.1:53'] as const;

function balanced(spec: Partial<ServiceText>) {
  return service('ns1/svc1', {
    type: 'LoadBalancer',
    clusterIP: '172.30.0.41',
    ports: [dns],
    externalIPs: ['192.168.99.22'],
    ingress: [{ ip: '1.2.3.4' }],
    ...spec,
  });
}

const remote = [slice('ns1/svc1', [{ address: '10.180.2.1' }], [dns])];
const both = [
  slice('ns1/svc1', [{ address: '10.180.0.1', nodeName }, { address: '10.180.2.1' }], [dns]),
];

export const datagrams = [
  conformanceCase('datagrams', [
    {
      name: 'no endpoints',
      services: [balanced({})],
      slices: [],
      flows: [
        flow('pod to ClusterIP', pod, '172.30.0.41', 53, REJECT, 'UDP'),
        flow('external to NodePort', externalClient, nodeIP, 3053, REJECT, 'UDP'),
        flow('external to LoadBalancer IP', externalClient, '1.2.3.4', 53, REJECT, 'UDP'),
      ],
    },
    {
      name: 'both policies Local, nothing local',
      services: [balanced({ externalTrafficPolicy: 'Local', internalTrafficPolicy: 'Local' })],
      slices: remote,
      flows: [
        flow('pod to ClusterIP', pod, '172.30.0.41', 53, DROP, 'UDP'),
        flow('external to NodePort', externalClient, nodeIP, 3053, DROP, 'UDP'),
        flow('external to external IP', externalClient, '192.168.99.22', 53, DROP, 'UDP'),
        flow('pod to LoadBalancer IP', pod, '1.2.3.4', 53, to(there), 'UDP'),
      ],
    },
    {
      name: 'both policies Local',
      services: [balanced({ externalTrafficPolicy: 'Local', internalTrafficPolicy: 'Local' })],
      slices: both,
      flows: [
        flow('pod to ClusterIP', pod, '172.30.0.41', 53, to(here), 'UDP'),
        flow('external to NodePort', externalClient, nodeIP, 3053, to(here), 'UDP'),
        flow('node to NodePort', nodeIP, nodeIP, 3053, masqueradedTo(here, there), 'UDP'),
        flow('pod to itself', '10.180.0.1', '172.30.0.41', 53, masqueradedTo(here), 'UDP'),
      ],
    },
    {
      name: 'source ranges',
      services: [balanced({ loadBalancerSourceRanges: [allowedRange] })],
      slices: both,
      flows: [
        flow('allowed', externalClient, '1.2.3.4', 53, masqueradedTo(here, there), 'UDP'),
        flow('blocked', blockedClient, '1.2.3.4', 53, DROP, 'UDP'),
        flow(
          'blocked, to NodePort',
          blockedClient,
          nodeIP,
          3053,
          masqueradedTo(here, there),
          'UDP',
        ),
      ],
    },
  ]),
];
