/** Hetzner Cloud. */
import type { ProviderProfile } from '../../profile.ts';
import { cloudProvider, hetznerProvider } from './sources.ts';

const ports = [hetznerProvider('internal/hcops/load_balancer.go')];
const sources = [hetznerProvider('hcloud/load_balancers.go')];
const annotations = [...sources, hetznerProvider('internal/annotation/load_balancer.go')];
const controller = [cloudProvider('controllers/service/controller.go')];

export const hetzner = {
  id: 'hetzner',
  title: 'Hetzner Cloud',
  protocols: { value: { TCP: 'yes', UDP: 'no', SCTP: 'no' }, sources: ports },
  otherProtocol: {
    value: {
      how: 'skips',
      reason: 'UnsupportedProtocolConfigured',
      message:
        'configured unsupported Hetzner Cloud load balancer protocol {{protocol}} for service with name {{name}}',
      portError: null,
    },
    sources: ports,
  },
  mixedProtocols: { value: 'yes', sources: ports },
  mixedAnnotation: null,
  mixedRefusal: null,
  affinityRefusal: null,
  address: { value: 'ip', sources },
  families: { value: 'both', sources },
  ipMode: { value: 'VIP', sources },
  proxyModeAnnotation: {
    value: {
      keys: ['load-balancer.hetzner.cloud/uses-proxyprotocol'],
      on: /^(?:1|t|T|true|True|TRUE)$/,
    },
    sources: [...annotations, hetznerProvider('internal/annotation/name.go')],
  },
  hostnameAnnotation: { value: 'load-balancer.hetzner.cloud/hostname', sources: annotations },
  internal: null,
  elsewhereAnnotation: null,
  listsPorts: { value: false, sources },
  targets: { value: 'every-node', sources },
  classes: { value: [], sources: controller },
  servesWithoutClass: { value: true, sources: controller },
  loadBalancerIP: { value: false, sources: [...sources, ...ports] },
  loadBalancerIPRefusal: null,
  assignedEvent: null,
  healthCheck: {
    value: {
      asks: 'node-port',
      intervalSeconds: 10,
      timeoutSeconds: 15,
      healthyThreshold: 3,
      unhealthyThreshold: 3,
    },
    // The number of retries counts both ways, says the cloud's own reference.
    sources: [
      ...ports,
      hetznerProvider('docs/reference/load_balancer_envs.md'),
      { kind: 'documentation', url: 'https://docs.hetzner.cloud/reference/cloud' },
    ],
  },
} as const satisfies ProviderProfile;
