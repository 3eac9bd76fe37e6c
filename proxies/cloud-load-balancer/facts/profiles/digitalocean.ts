/** DigitalOcean, with the network load balancer, which is its default. */
import type { ProviderProfile } from '../../profile.ts';
import { cloudProvider, digitalOceanProvider } from './sources.ts';

const sources = [digitalOceanProvider('cloud-controller-manager/do/loadbalancers.go')];
const annotations = [
  ...sources,
  digitalOceanProvider('cloud-controller-manager/do/lb_annotations.go'),
];
const controller = [cloudProvider('controllers/service/controller.go')];

export const digitalOcean = {
  id: 'digitalocean',
  title: 'DigitalOcean',
  protocols: { value: { TCP: 'yes', UDP: 'yes', SCTP: 'no' }, sources },
  otherProtocol: {
    value: {
      how: 'fails',
      reason: null,
      message:
        'failed to build load-balancer request: only TCP or UDP protocol is supported, got: "{{protocol}}"',
      portError: null,
    },
    sources,
  },
  mixedProtocols: { value: 'yes', sources },
  mixedAnnotation: null,
  mixedRefusal: null,
  affinityRefusal: null,
  address: { value: 'ip', sources },
  families: { value: 'by-nodes', sources },
  ipMode: {
    value: 'unset',
    sources: [
      ...sources,
      { kind: 'issue', reference: 'digitalocean/digitalocean-cloud-controller-manager#811' },
    ],
  },
  proxyModeAnnotation: null,
  hostnameAnnotation: {
    value: 'service.beta.kubernetes.io/do-loadbalancer-hostname',
    sources: annotations,
  },
  internal: {
    value: {
      keys: ['service.beta.kubernetes.io/do-loadbalancer-network'],
      on: /^INTERNAL$/,
      classes: [],
      byDefault: false,
    },
    sources: annotations,
  },
  elsewhereAnnotation: null,
  listsPorts: { value: false, sources },
  targets: { value: 'every-node', sources },
  classes: { value: [], sources: controller },
  servesWithoutClass: { value: true, sources: controller },
  loadBalancerIP: { value: false, sources },
  loadBalancerIPRefusal: null,
  assignedEvent: null,
  healthCheck: {
    value: {
      asks: 'kube-proxy',
      intervalSeconds: 3,
      timeoutSeconds: 5,
      healthyThreshold: 5,
      unhealthyThreshold: 3,
    },
    sources,
  },
} as const satisfies ProviderProfile;
