/** Upstream's TestLoadBalancer and TestLoadBalancerIngressRouteTypeProxy. */
import { allowedRange, blockedClient, externalClient, nodeIP, nodeName, pod } from './addresses.ts';
import { service, slice } from './objects.ts';
import { conformanceCase, DROP, flow, masqueradedTo, REJECT, to, untouched } from './write.ts';

const balancers = ['1.2.3.4', '5.6.7.8'] as const;
const ports = [{ name: 'p80', port: 80, nodePort: 3001 }];
const backend = '10.180.0.1:80';
const slices = [slice('ns1/svc1', [{ address: '10.180.0.1' }])];

const sources = conformanceCase('load balancer: source ranges', [
  {
    name: 'the node’s range and one outside',
    services: [
      service('ns1/svc1', {
        type: 'LoadBalancer',
        clusterIP: '172.30.0.41',
        ports,
        ingress: balancers.map((ip) => ({ ip })),
        // Blanks around a range are tolerated.
        loadBalancerSourceRanges: ['192.168.0.0/24', ` ${allowedRange}`],
      }),
    ],
    slices,
    flows: [
      flow('pod to ClusterIP', pod, '172.30.0.41', 80, to(backend)),
      flow('external to NodePort', externalClient, nodeIP, 3001, masqueradedTo(backend)),
      flow('NodePort has no ranges', blockedClient, nodeIP, 3001, masqueradedTo(backend)),
      ...balancers.flatMap((balancer) => [
        flow(`allowed to ${balancer}`, externalClient, balancer, 80, masqueradedTo(backend)),
        flow(`blocked to ${balancer}`, blockedClient, balancer, 80, DROP),
        flow(`pod to ${balancer}, outside the ranges`, pod, balancer, 80, DROP),
        flow(`node to ${balancer}, in a range`, nodeIP, balancer, 80, masqueradedTo(backend)),
      ]),
    ],
  },
]);

/** Something else on the node sends from the address that it connects to: allowed, if the node is. */
const ownAddress = conformanceCase(
  'load balancer: from its own address',
  [
    {
      name: 'the node is in a range',
      services: sources.steps[0]?.services ?? [],
      slices,
      flows: balancers.map((balancer) =>
        flow(`${balancer} to itself`, balancer, balancer, 80, masqueradedTo(backend)),
      ),
    },
  ],
  { moreNodeIPs: balancers },
);

const ranges = conformanceCase('load balancer: other ranges', [
  {
    name: 'everybody, and another range',
    services: [
      service('ns1/svc1', {
        type: 'LoadBalancer',
        clusterIP: '172.30.0.41',
        ports,
        ingress: [{ ip: '1.2.3.4' }],
        loadBalancerSourceRanges: ['0.0.0.0/0', '198.51.100.0/24'],
      }),
    ],
    slices,
    flows: [
      flow('anybody', blockedClient, '1.2.3.4', 80, masqueradedTo(backend)),
      flow('a pod', pod, '1.2.3.4', 80, masqueradedTo(backend)),
    ],
  },
  {
    name: 'not the node; with an external IP',
    services: [
      service('ns1/svc1', {
        type: 'LoadBalancer',
        clusterIP: '172.30.0.41',
        ports,
        externalIPs: ['192.168.99.22'],
        ingress: [{ ip: '1.2.3.4' }],
        loadBalancerSourceRanges: [allowedRange],
      }),
    ],
    slices,
    flows: [
      flow('allowed', externalClient, '1.2.3.4', 80, masqueradedTo(backend)),
      flow('blocked', blockedClient, '1.2.3.4', 80, DROP),
      flow('node', nodeIP, '1.2.3.4', 80, DROP),
      flow('external IP', blockedClient, '192.168.99.22', 80, masqueradedTo(backend)),
    ],
  },
  {
    name: 'no ranges',
    services: [
      service('ns1/svc1', {
        type: 'LoadBalancer',
        clusterIP: '172.30.0.41',
        ports,
        ingress: [{ ip: '1.2.3.4' }],
      }),
    ],
    slices,
    flows: [
      flow('anybody', blockedClient, '1.2.3.4', 80, masqueradedTo(backend)),
      flow('node', nodeIP, '1.2.3.4', 80, masqueradedTo(backend)),
    ],
  },
  {
    name: 'ranges, but no endpoints',
    services: [
      service('ns1/svc1', {
        type: 'LoadBalancer',
        clusterIP: '172.30.0.41',
        ports,
        ingress: [{ ip: '1.2.3.4' }],
        loadBalancerSourceRanges: [allowedRange],
      }),
    ],
    slices: [],
    flows: [
      flow('allowed', externalClient, '1.2.3.4', 80, REJECT),
      flow('blocked', blockedClient, '1.2.3.4', 80, DROP),
    ],
  },
]);

const modes = [
  { ipMode: 'VIP', expect: masqueradedTo(backend) },
  { ipMode: undefined, expect: masqueradedTo(backend) },
  { ipMode: 'Proxy', expect: untouched },
] as const;

const ingress = conformanceCase(
  'load balancer: ipMode',
  modes.map(({ ipMode, expect }) => ({
    name: ipMode ?? 'absent',
    services: [
      service('ns1/svc1', {
        type: 'LoadBalancer',
        clusterIP: '172.30.0.41',
        ports,
        ingress: [{ ip: '1.2.3.4', ...(ipMode && { ipMode }) }],
      }),
    ],
    slices: [slice('ns1/svc1', [{ address: '10.180.0.1', nodeName }])],
    flows: [
      flow('pod to ClusterIP', pod, '172.30.0.41', 80, to(backend)),
      flow('pod to LoadBalancer IP', pod, '1.2.3.4', 80, expect),
      flow('node to LoadBalancer IP', nodeIP, '1.2.3.4', 80, expect),
      flow('external to LoadBalancer IP', externalClient, '1.2.3.4', 80, expect),
      flow('external to NodePort', externalClient, nodeIP, 3001, masqueradedTo(backend)),
    ],
  })),
);

export const loadBalancer = [sources, ownAddress, ranges, ingress];
