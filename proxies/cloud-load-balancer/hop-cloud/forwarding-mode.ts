/** How packets arrive at the nodes of a Service: as its status tells, or would. */
import { statusOf } from '../contract.ts';
import type { ForwardedAddress, Forwarding } from '../forwarding.ts';
import type { ProviderProfile } from '../profile.ts';
import type { Service } from '../service.ts';

const anyAddress: ForwardedAddress = { family: 'IPv4', address: '192.0.2.1' };

/** @param open where the status has no say in it */
export function forwardingModeOf(
  profile: ProviderProfile,
  service: Service,
  open: Forwarding['mode'],
): Forwarding['mode'] {
  const { ingress = [] } = statusOf(profile, {
    service,
    loadBalancerName: '',
    addresses: [anyAddress],
    nodeAddresses: [],
    mode: open,
    portStatuses: [],
  });
  return ingress[0]?.ipMode ?? open;
}
