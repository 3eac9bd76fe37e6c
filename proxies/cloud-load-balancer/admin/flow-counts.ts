/** How many flows each Service had, of a dataplane that tells them for nothing. */
import type { Dataplane, ForwardedFlow } from '../forwarding.ts';

export interface FlowCounts extends Disposable {
  entries(): readonly (Pick<ForwardedFlow, 'service' | 'protocol'> & { readonly count: number })[];
}

/** @returns null where the kernel would have to be followed for it */
export function countFlows(dataplane: Dataplane): FlowCounts | null {
  if (dataplane.kind === 'nftables') return null;
  const counts = new Map<
    string,
    { service: string; protocol: ForwardedFlow['protocol']; count: number }
  >();
  const following = dataplane.onFlow(({ service, protocol }) => {
    const key = `${protocol} ${service}`;
    const known = counts.get(key);
    if (known) known.count += 1;
    else counts.set(key, { service, protocol, count: 1 });
  });
  return {
    entries: () => [...counts.values()],
    [Symbol.dispose]: () => following[Symbol.dispose](),
  };
}
