/** An endpoint on the node's own network, as the apiserver of a control plane node is. */
import { externalClient, nodeIP, nodeName, pod } from './addresses.ts';
import { service, slice } from './objects.ts';
import { alwaysToOneOf, conformanceCase, flow, to } from './write.ts';

const ports = [{ name: 'https', port: 443, nodePort: 3443 }];
const targets = [{ name: 'https', port: 6443 }];
const here = `${nodeIP}:6443`;

/** What comes to the node itself does not leave it: it keeps its source, whoever asked for masquerade. */
export const nodeEndpoint = [
  conformanceCase('an endpoint on the node', [
    {
      name: 'alone',
      services: [
        service('default/kubernetes', {
          type: 'LoadBalancer',
          clusterIP: '172.30.0.41',
          ports,
          ingress: [{ ip: '1.2.3.4' }],
        }),
      ],
      slices: [slice('default/kubernetes', [{ address: nodeIP, nodeName }], targets)],
      flows: [
        flow('pod to ClusterIP', pod, '172.30.0.41', 443, to(here)),
        flow('external to ClusterIP', externalClient, '172.30.0.41', 443, to(here)),
        flow('external to NodePort', externalClient, nodeIP, 3443, to(here)),
        flow('pod to LoadBalancer IP', pod, '1.2.3.4', 443, to(here)),
      ],
    },
    {
      name: 'and a pod, with ClientIP affinity',
      services: [
        service('default/kubernetes', {
          type: 'LoadBalancer',
          clusterIP: '172.30.0.41',
          ports,
          affinitySeconds: 60,
        }),
      ],
      slices: [
        slice(
          'default/kubernetes',
          [
            { address: nodeIP, nodeName },
            { address: '10.180.0.1', nodeName },
          ],
          targets,
        ),
      ],
      // Half of them stay with the node.
      flows: [pod, '10.180.0.2', '10.180.0.3', '10.0.1.1', '10.0.1.2', '10.0.1.3'].map((client) =>
        flow(`from ${client}`, client, '172.30.0.41', 443, alwaysToOneOf(here, '10.180.0.1:6443')),
      ),
    },
  ]),
];
