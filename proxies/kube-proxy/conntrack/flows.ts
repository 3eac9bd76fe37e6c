/** The flows that the kernel sends on their way, read from conntrack. */
import { watchDestinationNat } from '../../kit/netlink/conntrack.ts';
import type { ConntrackEntry } from '../../kit/netlink/conntrack-entry.ts';
import type { ForwardedFlow } from '../dataplane.ts';
import type { Family } from '../service-port.ts';

/**
 * Calls with each flow that begins from when it is ready, and whose destination was changed: by us, or by
 * somebody else in this network namespace. Costs nothing before and after.
 *
 * @returns `ready` rejects where the kernel does not tell
 */
export function watchFlows(
  family: Family,
  onFlow: (flow: ForwardedFlow) => void,
): Disposable & { readonly ready: Promise<void> } {
  const owned = new DisposableStack();
  const ready = watchDestinationNat(family, (entry) => {
    if (!owned.disposed) onFlow(flowOf(entry));
  }).then((watch) => {
    if (owned.disposed) watch[Symbol.dispose]();
    else owned.use(watch);
  });
  // Whoever does not ask is not ended by it.
  ready.catch(() => undefined);
  return { ready, [Symbol.dispose]: () => owned.dispose() };
}

function flowOf({ protocol, original, reply, isSourceNat }: ConntrackEntry): ForwardedFlow {
  return {
    protocol,
    source: withPort(original.source, original.sourcePort),
    destination: withPort(original.destination, original.destinationPort),
    backend: withPort(reply.source, reply.sourcePort),
    isMasqueraded: isSourceNat && reply.destination !== original.source,
    servicePort: null,
  };
}

function withPort(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
