/** ClientIP affinity (specification 3.5): per client and Service port, over all its addresses. */
import { blockedClient, externalClient, nodeIP, nodeName, pod } from './addresses.ts';
import { service, slice } from './objects.ts';
import { alwaysToOneOf, conformanceCase, flow, stickyMasqueraded } from './write.ts';

const all = ['10.180.0.1', '10.180.0.2', '10.180.2.1'] as const;

const ports = [
  { name: 'p80', port: 80, nodePort: 3001 },
  { name: 'dns', port: 53, nodePort: 3053, protocol: 'UDP' as const },
  { name: 'signal', port: 53, nodePort: 3053, protocol: 'SCTP' as const },
];
const services = [
  service('ns1/svc1', {
    type: 'NodePort',
    clusterIP: '172.30.0.41',
    ports,
    affinitySeconds: 10_800,
  }),
];

/** What is left of the endpoints, one after the other. */
const stages = [
  { name: 'three endpoints', addresses: all },
  { name: 'the first one gone', addresses: all.slice(1) },
  { name: 'the last one alone', addresses: all.slice(2) },
  { name: 'all back', addresses: all },
];

export const affinity = [
  conformanceCase(
    'ClientIP affinity',
    stages.map(({ name, addresses }) => {
      return {
        name,
        services,
        slices: [
          slice(
            'ns1/svc1',
            addresses.map((address) => ({ address, nodeName })),
            ports,
          ),
        ],
        flows: [
          flow('pod, TCP', pod, '172.30.0.41', 80, alwaysToOneOf(...at(80, addresses))),
          flow('pod, UDP', pod, '172.30.0.41', 53, alwaysToOneOf(...at(53, addresses)), 'UDP'),
          flow('pod, SCTP', pod, '172.30.0.41', 53, alwaysToOneOf(...at(53, addresses)), 'SCTP'),
          flow(
            'external to NodePort',
            externalClient,
            nodeIP,
            3001,
            stickyMasqueraded(...at(80, addresses)),
          ),
        ],
      };
    }),
  ),
  conformanceCase('ClientIP affinity, externalTrafficPolicy Local', [
    {
      name: 'two local endpoints and a remote one',
      services: [
        service('ns1/svc1', {
          type: 'LoadBalancer',
          clusterIP: '172.30.0.41',
          ports,
          ingress: [{ ip: '1.2.3.4' }],
          externalTrafficPolicy: 'Local',
          affinitySeconds: 10_800,
        }),
      ],
      slices: [
        slice(
          'ns1/svc1',
          [
            { address: '10.180.0.1', nodeName },
            { address: '10.180.0.2', nodeName },
            { address: '10.180.2.1' },
          ],
          ports,
        ),
      ],
      flows: [
        flow('pod to ClusterIP', pod, '172.30.0.41', 80, alwaysToOneOf(...at(80, all))),
        flow('pod to LoadBalancer IP', pod, '1.2.3.4', 80, alwaysToOneOf(...at(80, all))),
        ...[externalClient, blockedClient].flatMap((client) => [
          flow(
            `${client} to LoadBalancer IP`,
            client,
            '1.2.3.4',
            80,
            alwaysToOneOf(...at(80, all.slice(0, 2))),
          ),
          flow(
            `${client} to NodePort, UDP`,
            client,
            nodeIP,
            3053,
            alwaysToOneOf(...at(53, all.slice(0, 2))),
            'UDP',
          ),
        ]),
        flow('node to LoadBalancer IP', nodeIP, '1.2.3.4', 80, stickyMasqueraded(...at(80, all))),
      ],
    },
  ]),
];

function at(port: number, addresses: readonly string[]): readonly string[] {
  return addresses.map((address) => `${address}:${port}`);
}
