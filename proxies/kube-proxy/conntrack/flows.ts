/** The flows that the kernel sends on their way, as the dataplane tells them. */
import { flowOf, watchFlows as watchEntries } from '../../kit/netlink/watch-flows.ts';
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
  return watchEntries(family, (entry) => {
    const { source, destination, backend } = flowOf(entry);
    const { protocol, isSourceNat, original, reply } = entry;
    const isMasqueraded = isSourceNat && reply.destination !== original.source;
    onFlow({ protocol, source, destination, backend, isMasqueraded, servicePort: null });
  });
}
