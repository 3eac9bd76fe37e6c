/** The hops of flows below HTTP: whose flow is whose is known only when its connection has been made. */
import type { Station } from '../../../proxies/descriptor.ts';
import type { Hop } from '../../../proxies/kit/hop.ts';
import type { LabNetwork } from './backend.ts';

export interface GatheredHops extends Disposable {
  /** Resolves when flows that begin from now on are seen. */
  readonly ready: Promise<void>;
  /** The hops of a flow from the client inwards; fewer than there should be, where they have not come by then. */
  of(flow: string, count: number, withinMs: number): Promise<readonly Hop[]>;
}

/** Where hops lead to, from the client inwards; what is not among them is where they end. */
const order: readonly Station[] = ['cloud-load-balancer', 'node', 'kube-proxy'];

export function gatherHops(network: Pick<LabNetwork, 'onHop'>): GatheredHops {
  const seen = new Map<string, Hop[]>();
  let came: () => void = () => undefined;
  const following = network.onHop((hop) => {
    const known = seen.get(hop.request);
    if (known) known.push(hop);
    else seen.set(hop.request, [hop]);
    came();
  });
  return {
    ready: following.ready,
    async of(flow, count, withinMs) {
      const { promise: late, resolve } = Promise.withResolvers<undefined>();
      const timer = setTimeout(resolve, withinMs, undefined);
      const complete = new Promise<void>((done) => {
        came = () => {
          if ((seen.get(flow)?.length ?? 0) >= count) done();
        };
        came();
      });
      await Promise.race([complete, late]);
      clearTimeout(timer);
      return (seen.get(flow) ?? []).toSorted((a, b) => place(a) - place(b));
    },
    [Symbol.dispose]: () => following[Symbol.dispose](),
  };
}

function place({ to }: Hop): number {
  const index = order.indexOf(to.station);
  return index === -1 ? order.length : index;
}
