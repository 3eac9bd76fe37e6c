/** Google Cloud: the passthrough load balancer of the cloud provider. */
import type { ProviderProfile } from '../../profile.ts';
import { gcpProvider } from './sources.ts';

const both = gcpProvider('providers/gce/gce_loadbalancer.go');
const external = gcpProvider('providers/gce/gce_loadbalancer_external.go');
const internal = gcpProvider('providers/gce/gce_loadbalancer_internal.go');
const annotations = gcpProvider('providers/gce/gce_annotations.go');

const internalClass = 'networking.gke.io/l4-regional-internal-legacy';

export const gcp = {
  id: 'gcp',
  title: 'Google Cloud',
  protocols: { value: { TCP: 'yes', UDP: 'yes', SCTP: 'no' }, sources: [external, internal] },
  otherProtocol: {
    value: {
      how: 'fails',
      reason: null,
      message:
        'failed to create forwarding rule for load balancer ({{loadBalancer}}({{namespace}}/{{name}})): invalid protocol {{protocol}}, only TCP and UDP are supported',
      internalMessage: 'Invalid protocol {{protocol}}, only TCP and UDP are supported',
      portError: null,
    },
    sources: [external, internal],
  },
  mixedProtocols: { value: 'no', sources: [both] },
  mixedAnnotation: null,
  mixedRefusal: {
    value: {
      how: 'fails',
      reason: 'LoadBalancerMixedProtocolNotSupported',
      message: 'mixed protocol is not supported for LoadBalancer',
      eventMessage: 'LoadBalancer with multiple protocols are not supported.',
      portError: null,
    },
    sources: [
      both,
      {
        kind: 'source',
        repository: 'kubernetes/api',
        path: 'core/v1/types.go',
        ref: 'master',
      },
    ],
  },
  affinityRefusal: null,
  address: { value: 'ip', sources: [external, internal] },
  families: { value: 'ipv4', sources: [external, internal] },
  ipMode: { value: 'unset', sources: [external, internal] },
  proxyModeAnnotation: null,
  hostnameAnnotation: null,
  internal: {
    value: {
      keys: ['networking.gke.io/load-balancer-type', 'cloud.google.com/load-balancer-type'],
      on: /^[Ii]nternal$/,
      classes: [internalClass],
      byDefault: false,
    },
    sources: [annotations],
  },
  elsewhereAnnotation: {
    value: { keys: ['cloud.google.com/l4-rbs'], on: /^enabled$/ },
    sources: [gcpProvider('providers/gce/gce_util.go'), annotations],
  },
  listsPorts: { value: false, sources: [external, internal] },
  targets: { value: 'every-node', sources: [external, internal] },
  // A second service controller, in the same program, has those with a class.
  classes: {
    value: ['networking.gke.io/l4-regional-external-legacy', internalClass],
    sources: [both, annotations, gcpProvider('pkg/controller/service/controller.go')],
  },
  servesWithoutClass: { value: true, sources: [both] },
  loadBalancerIP: { value: true, sources: [external, internal] },
  loadBalancerIPRefusal: null,
  assignedEvent: null,
  healthCheck: {
    value: {
      asks: 'kube-proxy',
      intervalSeconds: 8,
      timeoutSeconds: 1,
      healthyThreshold: 1,
      unhealthyThreshold: 3,
    },
    sources: [
      gcpProvider('providers/gce/gce.go'),
      gcpProvider('providers/gce/gce_healthchecks.go'),
    ],
  },
} as const satisfies ProviderProfile;
