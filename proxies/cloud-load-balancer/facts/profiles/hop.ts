/** Our own cloud: it takes whatever the API takes. */
import type { ProviderProfile } from '../../profile.ts';
import { servicePage, virtualIPsPage } from './sources.ts';

/** What the API says of the field is what this cloud does. */
const sources = [servicePage];

export const hop = {
  id: 'hop',
  title: 'Hop by Hop',
  protocols: { value: { TCP: 'yes', UDP: 'yes', SCTP: 'yes' }, sources },
  otherProtocol: null,
  mixedProtocols: { value: 'yes', sources },
  mixedAnnotation: null,
  mixedRefusal: null,
  affinityRefusal: null,
  address: { value: 'ip', sources },
  families: { value: 'each', sources },
  ipMode: { value: 'as-forwarded', sources: [servicePage, virtualIPsPage] },
  proxyModeAnnotation: null,
  hostnameAnnotation: null,
  internal: null,
  elsewhereAnnotation: null,
  listsPorts: { value: true, sources },
  targets: { value: 'every-node', sources },
  classes: { value: [], sources },
  servesWithoutClass: { value: true, sources },
  loadBalancerIP: { value: true, sources },
  loadBalancerIPRefusal: null,
  assignedEvent: null,
  healthCheck: {
    value: {
      asks: 'kube-proxy',
      intervalSeconds: 2,
      timeoutSeconds: 1,
      healthyThreshold: 1,
      unhealthyThreshold: 2,
    },
    sources: [virtualIPsPage],
  },
} as const satisfies ProviderProfile;
