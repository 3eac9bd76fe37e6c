/** Upstream's TestTerminatingEndpointsTrafficPolicyLocal and …Cluster. */
import { externalClient, nodeName, otherNodeName, pod } from './addresses.ts';
import { service, slice, type EndpointText } from './objects.ts';
import { conformanceCase, DROP, flow, masqueradedTo, REJECT, to } from './write.ts';

const clusterIP = '172.30.1.1';
const balancer = '1.2.3.4';

const ready = { ready: true, serving: true, terminating: false };
const servingTerminating = { ready: false, serving: true, terminating: true };
const gone = { ready: false, serving: false, terminating: true };

interface Row {
  readonly name: string;
  readonly endpoints: readonly EndpointText[];
  readonly fromPod: readonly string[];
  /** `null`: dropped, for there are some elsewhere. */
  readonly fromOutside: readonly string[] | null;
}

const here = { nodeName };
const elsewhere = { nodeName: otherNodeName };

const onlyElsewhere = [{ address: '10.0.1.5', ...elsewhere, ...servingTerminating }];
const noneServing = [
  { address: '10.0.1.4', ...here, ...gone },
  { address: '10.0.1.5', ...elsewhere, ...gone },
];

const local: readonly Row[] = [
  {
    name: 'ready ones exist',
    endpoints: [
      { address: '10.0.1.1', ...here, ...ready },
      { address: '10.0.1.2', ...here, ...ready },
      { address: '10.0.1.3', ...here, ...servingTerminating },
      { address: '10.0.1.4', ...here, ...gone },
      { address: '10.0.1.5', ...elsewhere, ...ready },
    ],
    fromPod: ['10.0.1.1:80', '10.0.1.2:80', '10.0.1.5:80'],
    fromOutside: ['10.0.1.1:80', '10.0.1.2:80'],
  },
  {
    name: 'only terminating ones here',
    endpoints: [
      { address: '10.0.1.2', ...here, ...servingTerminating },
      { address: '10.0.1.3', ...here, ...servingTerminating },
      { address: '10.0.1.4', ...here, ...gone },
      { address: '10.0.1.5', ...elsewhere, ...ready },
    ],
    fromPod: ['10.0.1.5:80'],
    fromOutside: ['10.0.1.2:80', '10.0.1.3:80'],
  },
  {
    name: 'a terminating one elsewhere',
    endpoints: onlyElsewhere,
    fromPod: ['10.0.1.5:80'],
    fromOutside: null,
  },
  { name: 'none serves', endpoints: noneServing, fromPod: [], fromOutside: [] },
];

const cluster: readonly Row[] = [
  {
    name: 'ready ones exist',
    endpoints: [
      { address: '10.0.1.1', ...here, ...ready },
      { address: '10.0.1.2', ...here, ...ready },
      { address: '10.0.1.3', ...elsewhere, ...servingTerminating },
      { address: '10.0.1.4', ...elsewhere, ...gone },
      { address: '10.0.1.5', ...elsewhere, ...ready },
    ],
    fromPod: ['10.0.1.1:80', '10.0.1.2:80', '10.0.1.5:80'],
    fromOutside: ['10.0.1.1:80', '10.0.1.2:80', '10.0.1.5:80'],
  },
  {
    name: 'only terminating ones',
    endpoints: [
      { address: '10.0.1.2', ...here, ...servingTerminating },
      { address: '10.0.1.3', ...here, ...servingTerminating },
      { address: '10.0.1.4', ...elsewhere, ...gone },
      { address: '10.0.1.5', ...elsewhere, ...servingTerminating },
    ],
    fromPod: ['10.0.1.2:80', '10.0.1.3:80', '10.0.1.5:80'],
    fromOutside: ['10.0.1.2:80', '10.0.1.3:80', '10.0.1.5:80'],
  },
  {
    name: 'a terminating one elsewhere',
    endpoints: onlyElsewhere,
    fromPod: ['10.0.1.5:80'],
    fromOutside: ['10.0.1.5:80'],
  },
  { name: 'none serves', endpoints: noneServing, fromPod: [], fromOutside: [] },
];

function terminatingCase(policy: 'Local' | 'Cluster', row: Row) {
  const services = [
    service('ns1/svc1', {
      type: 'LoadBalancer',
      clusterIP,
      externalTrafficPolicy: policy,
      ingress: [{ ip: balancer }],
    }),
  ];
  const { name, endpoints, fromPod, fromOutside } = row;
  const send = policy === 'Local' ? to : masqueradedTo;
  const outside =
    fromOutside === null ? DROP : fromOutside.length === 0 ? REJECT : send(...fromOutside);
  return conformanceCase(`terminating endpoints, ${policy}: ${name}`, [
    {
      name: 'with endpoints',
      services,
      slices: [slice('ns1/svc1', endpoints)],
      flows: [
        flow('pod to ClusterIP', pod, clusterIP, 80, fromPod.length > 0 ? to(...fromPod) : REJECT),
        flow('external to LoadBalancer IP', externalClient, balancer, 80, outside),
      ],
    },
    {
      name: 'endpoints deleted',
      services,
      slices: [],
      flows: [
        flow('pod to ClusterIP', pod, clusterIP, 80, REJECT),
        flow('external to LoadBalancer IP', externalClient, balancer, 80, REJECT),
      ],
    },
  ]);
}

export const terminating = [
  ...local.map((row) => terminatingCase('Local', row)),
  ...cluster.map((row) => terminatingCase('Cluster', row)),
];
