/** MetalLB in layer 2 mode. */
import type { ProviderProfile } from '../../profile.ts';
import { metalLB } from './sources.ts';

const sources = [metalLB('controller/service.go')];
const layer2 = [metalLB('speaker/layer2_controller.go')];

export const metallb = {
  id: 'metallb',
  title: 'MetalLB',
  protocols: { value: { TCP: 'yes', UDP: 'yes', SCTP: 'yes' }, sources: [...sources, ...layer2] },
  otherProtocol: null,
  mixedProtocols: { value: 'yes', sources },
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
  listsPorts: { value: false, sources },
  targets: { value: 'one-node', sources: layer2 },
  // Only what `--lb-class` names, where it is set: then no Services without one.
  classes: { value: [], sources: [metalLB('controller/main.go')] },
  servesWithoutClass: { value: true, sources: [metalLB('controller/main.go')] },
  loadBalancerIP: { value: true, sources },
  loadBalancerIPRefusal: null,
  assignedEvent: {
    value: { reason: 'IPAllocated', message: 'Assigned IP [{{quotedAddresses}}]' },
    sources,
  },
  healthCheck: { value: null, sources: layer2 },
} as const satisfies ProviderProfile;
