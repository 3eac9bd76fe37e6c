/**
 * The flows that the kernel sends on their way, told as they begin: those of `Proxy` by connection tracking, those of
 * `VIP` by the rule that chooses their node. A connection that lived before the load balancer was started anew counts
 * as one that begins.
 */
import type { ConntrackEntry } from '../../kit/netlink/conntrack-entry.ts';
import { flowOf, watchFlows } from '../../kit/netlink/watch-flows.ts';
import { watchLog, type LoggedPacket } from '../../kit/netlink/watch-log.ts';
import type { ForwardedFlow, Forwarding } from '../forwarding.ts';
import type { Family, Transport } from '../service.ts';
import { logGroup } from './layout.ts';

export interface FlowSources {
  /** Whose load balancer that is. */
  findService(address: string, protocol: Transport, port: number): Forwarding | undefined;
  /** The node that is called so. */
  findNode(
    family: Family,
    mark: number,
  ): { readonly node: string; readonly address: string } | undefined;
}

type Listener = (flow: ForwardedFlow) => void;
type Watch = Disposable & { readonly ready: Promise<void> };

/** Tells all who listen; asks the kernel only while somebody does. */
export function tellFlows(sources: FlowSources): (listener: Listener) => Watch {
  const listeners = new Set<Listener>();
  let watch: Watch | null = null;
  const tell = (flow: ForwardedFlow | null) => {
    if (flow) for (const listener of listeners) listener(flow);
  };
  return (listener) => {
    const own: Listener = (flow) => listener(flow);
    listeners.add(own);
    watch ??= watchKernel(
      (entry) => tell(proxyFlow(sources, entry)),
      (packet) => tell(vipFlow(sources, packet)),
    );
    return {
      ready: watch.ready,
      [Symbol.dispose]: () => {
        listeners.delete(own);
        if (listeners.size > 0) return;
        watch?.[Symbol.dispose]();
        watch = null;
      },
    };
  };
}

function watchKernel(
  onEntry: (entry: ConntrackEntry) => void,
  onPacket: (packet: LoggedPacket) => void,
): Watch {
  const owned = new DisposableStack();
  const tracked = (['IPv4', 'IPv6'] as const).map((family) =>
    owned.use(watchFlows(family, onEntry)),
  );
  const logged = watchLog(logGroup, onPacket).then((log) => {
    if (owned.disposed) log[Symbol.dispose]();
    else owned.use(log);
  });
  const ready = Promise.all([logged, ...tracked.map((watch) => watch.ready)]).then(() => undefined);
  // Whoever does not ask is not ended by it.
  ready.catch(() => undefined);
  return { ready, [Symbol.dispose]: () => owned.dispose() };
}

function proxyFlow(sources: FlowSources, entry: ConntrackEntry): ForwardedFlow | null {
  const { family, protocol, original, mark } = entry;
  const forwarding = sources.findService(original.destination, protocol, original.destinationPort);
  const node = sources.findNode(family, mark);
  if (forwarding?.mode !== 'Proxy' || !node) return null;
  const { source, destination, backend, seenAs } = flowOf(entry);
  const { service, mode } = forwarding;
  return { service, protocol, source, destination, node: node.node, target: backend, seenAs, mode };
}

function vipFlow(sources: FlowSources, packet: LoggedPacket): ForwardedFlow | null {
  const { family, protocol, destinationPort, mark } = packet;
  const forwarding = sources.findService(packet.destination, protocol, destinationPort);
  const node = sources.findNode(family, mark);
  if (forwarding?.mode !== 'VIP' || !node) return null;
  const source = withPort(packet.source, packet.sourcePort);
  return {
    service: forwarding.service,
    protocol,
    source,
    destination: withPort(packet.destination, destinationPort),
    node: node.node,
    target: withPort(node.address, destinationPort),
    seenAs: source,
    mode: 'VIP',
  };
}

function withPort(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
