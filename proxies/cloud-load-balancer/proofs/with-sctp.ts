/**
 * A dataplane that lets clouds have SCTP, for what they say of it: its packets cannot be moved by the userspace
 * dataplane, and are not.
 */
import type { Dataplane, Forwarding } from '../forwarding.ts';
import { transports } from '../service.ts';

export function withSctp(dataplane: Dataplane): Dataplane {
  return {
    ...dataplane,
    abilities: { ...dataplane.abilities, protocols: transports },
    replaceAll: (forwardings) => dataplane.replaceAll(forwardings.map(withoutSctp)),
    ensure: (forwarding) => dataplane.ensure(withoutSctp(forwarding)),
  };
}

function withoutSctp(forwarding: Forwarding): Forwarding {
  const ports = forwarding.ports.filter(({ protocol }) => protocol !== 'SCTP');
  return { ...forwarding, ports };
}
