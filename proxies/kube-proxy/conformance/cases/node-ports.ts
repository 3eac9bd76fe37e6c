/** Upstream's TestNodePorts. */
import { externalClient, nodeIP, nodeName, pod, secondNodeIP } from './addresses.ts';
import { service, slice } from './objects.ts';
import { conformanceCase, flow, masqueradedTo, to, untouched } from './write.ts';

const both = ['10.180.0.1:80', '10.180.2.1:80'] as const;
const bothUdp = ['10.180.0.1:53', '10.180.2.1:53'] as const;

const settings = [
  { name: 'the primary address', nodePortIPs: [nodeIP], onSecond: untouched },
  {
    name: 'two listed addresses',
    nodePortIPs: [nodeIP, secondNodeIP],
    onSecond: masqueradedTo(...both),
  },
  { name: 'all addresses', nodePortIPs: null, onSecond: masqueradedTo(...both) },
] as const;

export const nodePorts = settings.map(({ name, nodePortIPs, onSecond }) =>
  conformanceCase(
    `NodePort: ${name}`,
    [
      {
        name: 'with two endpoints',
        services: [
          service('ns1/svc1', {
            type: 'NodePort',
            clusterIP: '172.30.0.41',
            ports: [
              { name: 'p80', port: 80, nodePort: 3001 },
              { name: 'dns', port: 53, nodePort: 3053, protocol: 'UDP' },
              { name: 'signal', port: 53, nodePort: 3053, protocol: 'SCTP' },
            ],
          }),
        ],
        slices: [
          slice(
            'ns1/svc1',
            [{ address: '10.180.0.1', nodeName }, { address: '10.180.2.1' }],
            [
              { name: 'p80', port: 80 },
              { name: 'dns', port: 53, protocol: 'UDP' },
              { name: 'signal', port: 53, protocol: 'SCTP' },
            ],
          ),
        ],
        flows: [
          flow('pod to ClusterIP', pod, '172.30.0.41', 80, to(...both)),
          flow('external', externalClient, nodeIP, 3001, masqueradedTo(...both)),
          flow('node', nodeIP, nodeIP, 3001, masqueradedTo(...both)),
          flow('pod', pod, nodeIP, 3001, masqueradedTo(...both)),
          flow('external, UDP', externalClient, nodeIP, 3053, masqueradedTo(...bothUdp), 'UDP'),
          flow('external, SCTP', externalClient, nodeIP, 3053, masqueradedTo(...bothUdp), 'SCTP'),
          flow('external to the second address', externalClient, secondNodeIP, 3001, onSecond),
          flow('pod to the second address', pod, secondNodeIP, 3001, onSecond),
          flow('another port', externalClient, nodeIP, 3002, untouched),
          flow('TCP to a port that is UDP', externalClient, nodeIP, 3053, untouched),
        ],
      },
    ],
    { nodePortIPs },
  ),
);
