/** kube-vip with ARP: the node that leads has the address. */
import type { ProviderProfile } from '../../profile.ts';
import { kubeVip as source } from './sources.ts';

const sources = [source('pkg/services/services.go')];
const watched = [source('pkg/services/watch_services.go'), source('pkg/kubevip/constants.go')];

export const kubeVip = {
  id: 'kube-vip',
  title: 'kube-vip',
  protocols: {
    value: { TCP: 'yes', UDP: 'yes', SCTP: 'yes' },
    sources: [source('pkg/vip/address.go')],
  },
  otherProtocol: null,
  mixedProtocols: { value: 'yes', sources: [source('pkg/vip/address.go')] },
  mixedAnnotation: null,
  mixedRefusal: null,
  affinityRefusal: null,
  address: { value: 'ip', sources },
  families: { value: 'each', sources },
  ipMode: { value: 'unset', sources },
  proxyModeAnnotation: null,
  hostnameAnnotation: null,
  internal: null,
  elsewhereAnnotation: null,
  listsPorts: { value: true, sources },
  targets: { value: 'one-node', sources },
  classes: { value: ['kube-vip.io/kube-vip-class'], sources: watched },
  servesWithoutClass: { value: true, sources: [...watched, source('cmd/kube-vip.go')] },
  loadBalancerIP: { value: true, sources: [source('pkg/instance/instance.go')] },
  loadBalancerIPRefusal: null,
  assignedEvent: null,
  healthCheck: { value: null, sources },
} as const satisfies ProviderProfile;
