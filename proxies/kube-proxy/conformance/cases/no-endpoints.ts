/** Upstream's TestNoEndpointsReject. */
import { externalClient, heldExternalIP, nodeIP, pod } from './addresses.ts';
import { service } from './objects.ts';
import { conformanceCase, flow, REJECT } from './write.ts';

export const noEndpoints = [
  conformanceCase('no endpoints', [
    {
      name: 'from the start',
      services: [
        service('ns1/svc1', {
          type: 'LoadBalancer',
          clusterIP: '172.30.0.41',
          ports: [{ name: 'p80', port: 80, nodePort: 3001 }],
          externalIPs: [heldExternalIP, '192.168.99.22'],
          ingress: [{ ip: '1.2.3.4' }],
        }),
      ],
      slices: [],
      flows: [
        flow('pod to ClusterIP', pod, '172.30.0.41', 80, REJECT),
        flow('node to ClusterIP', nodeIP, '172.30.0.41', 80, REJECT),
        flow('external to external IP of the node', externalClient, heldExternalIP, 80, REJECT),
        flow('external to external IP', externalClient, '192.168.99.22', 80, REJECT),
        flow('pod to NodePort', pod, nodeIP, 3001, REJECT),
        flow('external to NodePort', externalClient, nodeIP, 3001, REJECT),
        flow('node to NodePort', nodeIP, nodeIP, 3001, REJECT),
        flow('pod to LoadBalancer IP', pod, '1.2.3.4', 80, REJECT),
        flow('external to LoadBalancer IP', externalClient, '1.2.3.4', 80, REJECT),
      ],
    },
  ]),
];
