/** Our own cloud: it takes whatever the API takes. */
import type { ProviderProfile } from '../../profile.ts';
import { specification } from './sources.ts';

const sources = [specification];

export const hop = {
  id: 'hop',
  title: 'Hop by Hop',
  protocols: { value: { TCP: 'yes', UDP: 'yes', SCTP: 'yes' }, sources },
  otherProtocol: null,
  mixedProtocols: { value: 'yes', sources },
  mixedAnnotation: null,
  mixedRefusal: null,
  address: { value: 'ip', sources },
  families: { value: 'each', sources },
  ipMode: { value: 'as-forwarded', sources },
  proxyModeAnnotation: null,
  hostnameAnnotation: null,
  internalAnnotation: null,
  listsPorts: { value: true, sources },
  targets: { value: 'every-node', sources },
  classes: { value: [], sources },
  servesWithoutClass: { value: true, sources },
  loadBalancerIP: { value: true, sources },
  healthCheck: {
    value: { intervalSeconds: 2, timeoutSeconds: 1, healthyThreshold: 1, unhealthyThreshold: 2 },
    sources,
  },
} as const satisfies ProviderProfile;
