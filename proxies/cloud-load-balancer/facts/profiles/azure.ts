/** Azure: the Standard load balancer. */
import type { ProviderProfile } from '../../profile.ts';
import { azureProvider, cloudProvider } from './sources.ts';

const sources = [azureProvider('pkg/provider/azure_loadbalancer.go')];
const fields = [azureProvider('pkg/provider/azure_utils.go')];
const controller = [cloudProvider('controllers/service/controller.go')];

export const azure = {
  id: 'azure',
  title: 'Azure Standard Load Balancer',
  protocols: {
    value: { TCP: 'yes', UDP: 'yes', SCTP: 'internal-only' },
    sources: [...sources, azureProvider('pkg/provider/azure_standard.go')],
  },
  otherProtocol: {
    value: {
      how: 'fails',
      reason: null,
      message: 'SCTP is only supported on standard loadbalancer in internal mode',
      portError: null,
    },
    sources,
  },
  mixedProtocols: { value: 'yes', sources },
  mixedAnnotation: null,
  mixedRefusal: null,
  affinityRefusal: null,
  address: { value: 'ip', sources },
  families: { value: 'each', sources: fields },
  ipMode: { value: 'unset', sources },
  proxyModeAnnotation: null,
  hostnameAnnotation: null,
  internal: {
    value: {
      keys: ['service.beta.kubernetes.io/azure-load-balancer-internal'],
      on: /^true$/i,
      classes: [],
      byDefault: false,
    },
    sources: [azureProvider('pkg/consts/helpers.go'), azureProvider('pkg/consts/consts.go')],
  },
  elsewhereAnnotation: null,
  listsPorts: { value: false, sources },
  targets: { value: 'every-node', sources },
  classes: { value: [], sources: controller },
  servesWithoutClass: { value: true, sources: controller },
  loadBalancerIP: { value: true, sources: fields },
  loadBalancerIPRefusal: null,
  assignedEvent: null,
  // Its probes have no timeout of their own: they may take as long as the interval. One threshold is for both ways.
  healthCheck: {
    value: {
      asks: 'node-port',
      intervalSeconds: 5,
      timeoutSeconds: 5,
      healthyThreshold: 2,
      unhealthyThreshold: 2,
    },
    sources: [
      azureProvider('pkg/provider/azure_loadbalancer_healthprobe.go'),
      azureProvider('pkg/consts/consts.go'),
      {
        kind: 'documentation',
        url: 'https://learn.microsoft.com/en-us/javascript/api/@azure/arm-network/probepropertiesformat',
      },
    ],
  },
} as const satisfies ProviderProfile;
