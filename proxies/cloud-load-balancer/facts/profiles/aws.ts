/** What both load balancers of the AWS cloud provider have in common. */
import type { ProviderProfile } from '../../profile.ts';
import { awsProvider, cloudProvider } from './sources.ts';

const sources = [awsProvider('pkg/providers/v1/aws.go')];
const annotations = [
  awsProvider('pkg/providers/v1/aws.go'),
  awsProvider('pkg/providers/v1/aws_loadbalancer.go'),
];

export const aws = {
  otherProtocol: {
    value: {
      how: 'fails',
      reason: null,
      message: 'Protocol {{protocol}} not supported by LoadBalancer',
      portError: null,
    },
    sources,
  },
  mixedProtocols: { value: 'no', sources },
  mixedAnnotation: null,
  mixedRefusal: {
    value: {
      how: 'fails',
      reason: null,
      message: 'mixed protocol is not supported for LoadBalancer',
      portError: null,
    },
    sources,
  },
  affinityRefusal: { value: 'unsupported load balancer affinity: {{affinity}}', sources },
  address: { value: 'hostname', sources },
  families: { value: 'ipv4', sources: annotations },
  ipMode: { value: 'unset', sources },
  proxyModeAnnotation: null,
  hostnameAnnotation: null,
  internal: {
    value: {
      keys: ['service.beta.kubernetes.io/aws-load-balancer-internal'],
      on: /^(?!false$)/,
      classes: [],
      byDefault: false,
    },
    sources,
  },
  elsewhereAnnotation: {
    value: {
      keys: ['service.beta.kubernetes.io/aws-load-balancer-type'],
      on: /^(?:nlb-ip|external)$/,
    },
    sources: annotations,
  },
  listsPorts: { value: false, sources },
  targets: { value: 'every-node', sources },
  classes: { value: [], sources: [cloudProvider('controllers/service/controller.go')] },
  servesWithoutClass: {
    value: true,
    sources: [cloudProvider('controllers/service/controller.go')],
  },
  loadBalancerIP: { value: false, sources },
  loadBalancerIPRefusal: { value: 'LoadBalancerIP cannot be specified for AWS ELB', sources },
  assignedEvent: null,
} as const satisfies Partial<ProviderProfile>;
