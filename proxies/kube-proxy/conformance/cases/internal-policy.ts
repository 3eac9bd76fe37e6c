/** Upstream's TestInternalTrafficPolicy. */
import { externalClient, nodeIP, nodeName, pod } from './addresses.ts';
import { service, slice } from './objects.ts';
import { conformanceCase, DROP, flow, masqueradedTo, REJECT, to } from './write.ts';

const clusterIP = '172.30.1.1';
const addresses = ['10.0.1.1', '10.0.1.2', '10.0.1.3'] as const;

const rows = [
  {
    name: 'Cluster',
    policy: 'Cluster',
    nodes: [nodeName, 'node1', 'node2'],
    chosen: ['10.0.1.1:80', '10.0.1.2:80', '10.0.1.3:80'],
  },
  {
    name: 'Local, one endpoint here',
    policy: 'Local',
    nodes: [nodeName, 'node1', 'node2'],
    chosen: ['10.0.1.1:80'],
  },
  {
    name: 'Local, two endpoints here',
    policy: 'Local',
    nodes: [nodeName, nodeName, 'node2'],
    chosen: ['10.0.1.1:80', '10.0.1.2:80'],
  },
  { name: 'Local, none here', policy: 'Local', nodes: ['node0', 'node1', 'node2'], chosen: [] },
] as const;

export const internalPolicy = rows.map(({ name, policy, nodes, chosen }) => {
  const services = [service('ns1/svc1', { clusterIP, internalTrafficPolicy: policy })];
  return conformanceCase(`internalTrafficPolicy ${name}`, [
    {
      name: 'with endpoints',
      services,
      slices: [
        slice(
          'ns1/svc1',
          addresses.map((address, index) => ({ address, nodeName: nodes[index] ?? '' })),
        ),
      ],
      flows: [
        flow('pod', pod, clusterIP, 80, chosen.length > 0 ? to(...chosen) : DROP),
        flow('node', nodeIP, clusterIP, 80, chosen.length > 0 ? masqueradedTo(...chosen) : DROP),
        flow(
          'external',
          externalClient,
          clusterIP,
          80,
          chosen.length > 0 ? masqueradedTo(...chosen) : DROP,
        ),
      ],
    },
    {
      name: 'endpoints deleted',
      services,
      slices: [],
      flows: [flow('pod', pod, clusterIP, 80, REJECT)],
    },
  ]);
});
