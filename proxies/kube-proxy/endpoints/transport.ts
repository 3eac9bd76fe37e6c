/** The protocol of a port, as objects have it. */
import { transports, type Transport } from '../service-port.ts';

/** TCP where nothing is said; null for what is no protocol of a Service. */
export function transportOf(text: string | null | undefined): Transport | null {
  if (text === null || text === undefined) return 'TCP';
  for (const transport of transports) if (transport === text) return transport;
  return null;
}
