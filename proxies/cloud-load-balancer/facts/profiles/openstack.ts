/** OpenStack: Octavia, whichever load balancer the operator has behind it. */
import type { ProviderProfile } from '../../profile.ts';
import { cloudProvider, openStackProvider } from './sources.ts';

const sources = [openStackProvider('pkg/openstack/loadbalancer.go')];
const controller = [cloudProvider('controllers/service/controller.go')];

export const openStack = {
  id: 'openstack',
  title: 'OpenStack Octavia',
  protocols: { value: { TCP: 'yes', UDP: 'yes', SCTP: 'if-offered' }, sources },
  otherProtocol: null,
  mixedProtocols: { value: 'yes', sources },
  mixedAnnotation: null,
  mixedRefusal: null,
  affinityRefusal: null,
  address: { value: 'ip', sources },
  families: { value: 'one', sources },
  ipMode: { value: 'VIP', sources },
  proxyModeAnnotation: {
    value: { keys: ['loadbalancer.openstack.org/proxy-protocol'], on: /^(?:true|v1|v2)$/ },
    sources,
  },
  hostnameAnnotation: { value: 'loadbalancer.openstack.org/hostname', sources },
  internal: {
    value: {
      keys: ['service.beta.kubernetes.io/openstack-internal-load-balancer'],
      on: /^true$/,
      classes: [],
      byDefault: false,
    },
    sources,
  },
  elsewhereAnnotation: null,
  listsPorts: { value: false, sources },
  targets: { value: 'every-node', sources },
  classes: { value: [], sources: controller },
  servesWithoutClass: { value: true, sources: controller },
  loadBalancerIP: { value: true, sources },
  loadBalancerIPRefusal: null,
  assignedEvent: null,
  // `create-monitor` is off unless the operator sets it.
  healthCheck: { value: null, sources: [openStackProvider('pkg/openstack/openstack.go')] },
} as const satisfies ProviderProfile;
