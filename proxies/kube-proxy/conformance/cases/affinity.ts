/** ClientIP affinity (specification 3.5): per client and Service port, over all its addresses. */
import { externalClient, nodeIP, nodeName, pod } from './addresses.ts';
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
      const at = (port: number) => addresses.map((address) => `${address}:${port}`);
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
          flow('pod, TCP', pod, '172.30.0.41', 80, alwaysToOneOf(...at(80))),
          flow('pod, UDP', pod, '172.30.0.41', 53, alwaysToOneOf(...at(53)), 'UDP'),
          flow('pod, SCTP', pod, '172.30.0.41', 53, alwaysToOneOf(...at(53)), 'SCTP'),
          flow('external to NodePort', externalClient, nodeIP, 3001, stickyMasqueraded(...at(80))),
        ],
      };
    }),
  ),
];
