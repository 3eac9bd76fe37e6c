/** The hops of flows below HTTP: whose flow is whose is known only when its connection has been made. */
import { flowName, type ConnectProtocol } from '../../../proxies/kit/connect-request.ts';
import type { Hop } from '../../../proxies/kit/hop.ts';
import type { LabNetwork } from './backend.ts';

export interface GatheredHops extends Disposable {
  /** Resolves when flows that begin from now on are seen. */
  readonly ready: Promise<void>;
  /** To the Service, and on to the pod; fewer where they have not come by then. */
  of(flow: Flow, withinMs: number): Promise<readonly Hop[]>;
  /** To the load balancer, on to a node, and from there to the pod; the same. */
  throughCloud(flow: Flow, withinMs: number): Promise<readonly Hop[]>;
}

interface Flow {
  readonly protocol: ConnectProtocol;
  /** The client's end of it. */
  readonly source: string;
}

/** More flows than this are those that nobody here asks about. */
const mostFlows = 512;

export function gatherHops(network: Pick<LabNetwork, 'onHop'>): GatheredHops {
  const seen = new Map<string, Hop[]>();
  const waiting = new Set<() => void>();
  const following = network.onHop((hop) => {
    const known = seen.get(hop.request);
    if (known) known.push(hop);
    else seen.set(hop.request, [hop]);
    const [oldest] = seen.keys();
    if (seen.size > mostFlows && oldest !== undefined) seen.delete(oldest);
    for (const came of waiting) came();
  });
  const until = async (
    { protocol, source }: Flow,
    isWhole: (hops: readonly Hop[]) => boolean,
    late: Promise<unknown>,
  ): Promise<readonly Hop[]> => {
    const hops = () => seen.get(flowName(protocol, source)) ?? [];
    const { promise: complete, resolve } = Promise.withResolvers<undefined>();
    const came = () => {
      if (isWhole(hops())) resolve(undefined);
    };
    waiting.add(came);
    came();
    await Promise.race([complete, late]);
    waiting.delete(came);
    return hops();
  };
  return {
    ready: following.ready,
    of: async (flow, withinMs) => {
      using late = lateAfter(withinMs);
      const hops = await until(flow, ({ length }) => length >= 2, late.promise);
      return hops.toSorted(
        (a, b) => Number(b.to.station === 'kube-proxy') - Number(a.to.station === 'kube-proxy'),
      );
    },
    throughCloud: async (flow, withinMs) => {
      using late = lateAfter(withinMs);
      const outer = await until(flow, (hops) => hops.some(leadsTo('node')), late.promise);
      const toCloud = outer.find(leadsTo('cloud-load-balancer'));
      const toNode = outer.find(leadsTo('node'));
      // The node may see somebody else's end of it: then it has another name there.
      const { seenAs = flow.source } = toNode?.decision.values ?? {};
      const inner = { ...flow, source: String(seenAs) };
      const own = await until(inner, (hops) => hops.some(leadsTo('pod')), late.promise);
      const toPod = own.find(leadsTo('pod'));
      return [
        ...(toCloud ? [toCloud] : []),
        ...(toNode ? [toNode] : []),
        // What kube-proxy does, it does on the node.
        ...(toPod ? [{ ...toPod, from: { ...toPod.from, station: 'node' as const } }] : []),
      ];
    },
    [Symbol.dispose]: () => following[Symbol.dispose](),
  };
}

function leadsTo(station: Hop['to']['station']): (hop: Hop) => boolean {
  return ({ to }) => to.station === station;
}

function lateAfter(ms: number): Disposable & { readonly promise: Promise<void> } {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(resolve, ms, undefined);
  return { promise, [Symbol.dispose]: () => clearTimeout(timer) };
}
