/** K3s' own: a pod on each node takes the ports of the node, and hands them on. */
import type { ProviderProfile } from '../../profile.ts';
import { cloudProvider, k3s, klipper as klipperImage } from './sources.ts';

const sources = [k3s('pkg/cloudprovider/servicelb.go')];
const controller = [cloudProvider('controllers/service/controller.go')];

export const klipper = {
  id: 'klipper',
  title: 'K3s ServiceLB',
  protocols: {
    value: { TCP: 'yes', UDP: 'yes', SCTP: 'yes' },
    sources: [...sources, klipperImage('entry')],
  },
  otherProtocol: null,
  mixedProtocols: { value: 'yes', sources },
  mixedAnnotation: null,
  mixedRefusal: null,
  affinityRefusal: null,
  address: { value: 'node-ips', sources },
  families: { value: 'each', sources },
  ipMode: { value: 'unset', sources },
  proxyModeAnnotation: null,
  hostnameAnnotation: null,
  internal: null,
  elsewhereAnnotation: null,
  listsPorts: { value: false, sources },
  targets: { value: 'every-node', sources },
  classes: { value: [], sources: controller },
  servesWithoutClass: { value: true, sources: controller },
  loadBalancerIP: { value: false, sources },
  loadBalancerIPRefusal: null,
  assignedEvent: {
    value: {
      reason: 'UpdatedLoadBalancer',
      message: 'Updated LoadBalancer with new IPs: [{{before}}] -> [{{addresses}}]',
    },
    sources,
  },
  healthCheck: { value: null, sources: [klipperImage('entry')] },
} as const satisfies ProviderProfile;
