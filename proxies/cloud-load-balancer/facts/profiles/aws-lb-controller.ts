/**
 * AWS, with the controller that is installed beside the cloud provider, and then has all new Services: its webhook
 * gives them its class.
 */
import type { ProviderProfile } from '../../profile.ts';
import { awsController } from './sources.ts';

const sources = [awsController('controllers/service/service_controller.go')];
const listeners = [awsController('pkg/service/model_build_listener.go')];
const builder = [awsController('pkg/service/model_builder.go')];

export const awsLbController = {
  id: 'aws-lb-controller',
  title: 'AWS Load Balancer Controller',
  protocols: {
    value: { TCP: 'yes', UDP: 'yes', SCTP: 'no' },
    sources: [
      ...listeners,
      {
        kind: 'documentation',
        url: 'https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-listeners.html',
      },
    ],
  },
  // It hands the protocol on, and the cloud refuses it, with a list of those that it has.
  otherProtocol: {
    value: {
      how: 'fails',
      reason: 'FailedDeployModel',
      message:
        "ValidationError: 1 validation error detected: Value '{{protocol}}' at 'protocol' failed to satisfy constraint: Member must satisfy enum value set: […]",
      eventMessage:
        "Failed deploy model due to ValidationError: 1 validation error detected: Value '{{protocol}}' at 'protocol' failed to satisfy constraint: Member must satisfy enum value set: […]",
      portError: null,
    },
    sources: [...sources, { kind: 'issue', reference: 'hashicorp/terraform-provider-aws#5246' }],
  },
  mixedProtocols: { value: 'opt-in', sources: listeners },
  mixedAnnotation: {
    value: {
      keys: ['service.beta.kubernetes.io/aws-load-balancer-enable-tcp-udp-listener'],
      on: /^(?:1|t|T|true|True|TRUE)$/,
    },
    sources: [...listeners, awsController('docs/guide/service/annotations.md')],
  },
  // Nobody is told: the second listener on a port is left out of the model, and the error with it.
  mixedRefusal: {
    value: {
      how: 'skips',
      reason: null,
      message: 'resource already exists, type: AWS::ElasticLoadBalancingV2::Listener, id: {{port}}',
      portError: null,
    },
    sources: [
      awsController('pkg/model/core/stack.go'),
      awsController('pkg/model/elbv2/listener.go'),
    ],
  },
  affinityRefusal: null,
  address: { value: 'hostname', sources },
  families: { value: 'ipv4', sources: builder },
  ipMode: { value: 'unset', sources },
  proxyModeAnnotation: null,
  hostnameAnnotation: null,
  internal: {
    value: {
      keys: ['service.beta.kubernetes.io/aws-load-balancer-scheme'],
      on: /^internal$/,
      classes: [],
      byDefault: true,
    },
    sources: [awsController('pkg/service/model_build_load_balancer.go')],
  },
  elsewhereAnnotation: null,
  listsPorts: { value: true, sources },
  targets: { value: 'every-node', sources: builder },
  classes: {
    value: ['service.k8s.aws/nlb'],
    sources: [awsController('pkg/config/service_config.go')],
  },
  servesWithoutClass: { value: true, sources: [awsController('webhooks/core/service_mutator.go')] },
  loadBalancerIP: { value: false, sources: builder },
  loadBalancerIPRefusal: null,
  assignedEvent: {
    value: { reason: 'SuccessfullyReconciled', message: 'Successfully reconciled' },
    sources: [...sources, awsController('pkg/k8s/events.go')],
  },
  healthCheck: {
    value: {
      asks: 'node-port',
      intervalSeconds: 10,
      timeoutSeconds: 10,
      healthyThreshold: 3,
      unhealthyThreshold: 3,
    },
    sources: builder,
  },
} as const satisfies ProviderProfile;
