/** kind's own: a container with Envoy for each Service. */
import type { ProviderProfile } from '../../profile.ts';
import { cloudProvider, kindProvider } from './sources.ts';

const proxy = [kindProvider('pkg/loadbalancer/proxy.go')];
const sources = [kindProvider('pkg/loadbalancer/server.go')];
const controller = [cloudProvider('controllers/service/controller.go')];

export const cloudProviderKind = {
  id: 'cloud-provider-kind',
  title: 'cloud-provider-kind',
  protocols: { value: { TCP: 'yes', UDP: 'yes', SCTP: 'no' }, sources: proxy },
  // The status lists the port all the same: only the log of the program says that nobody listens.
  otherProtocol: {
    value: {
      how: 'skips',
      reason: null,
      message: 'service port protocol {{protocol}} not supported',
      portError: null,
    },
    sources: [...proxy, ...sources],
  },
  mixedProtocols: { value: 'yes', sources: proxy },
  mixedAnnotation: null,
  mixedRefusal: null,
  affinityRefusal: null,
  address: { value: 'ip', sources },
  families: { value: 'each', sources },
  ipMode: { value: 'Proxy', sources },
  proxyModeAnnotation: null,
  hostnameAnnotation: null,
  internal: null,
  elsewhereAnnotation: null,
  listsPorts: { value: true, sources },
  targets: { value: 'every-node', sources: proxy },
  classes: { value: [], sources: controller },
  servesWithoutClass: { value: true, sources: controller },
  loadBalancerIP: { value: true, sources },
  loadBalancerIPRefusal: null,
  assignedEvent: null,
  healthCheck: {
    value: {
      asks: 'kube-proxy',
      intervalSeconds: 2,
      timeoutSeconds: 3,
      healthyThreshold: 1,
      unhealthyThreshold: 2,
    },
    sources: proxy,
  },
} as const satisfies ProviderProfile;
