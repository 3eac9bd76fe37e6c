/**
 * The portable dataplane: it takes connections and datagrams itself at the addresses of load balancers, and opens
 * connections of its own to node ports.
 */
import { keepAliveMs } from '../../kit/l4/dial-ladder.ts';
import { createNodeWires } from '../../kit/l4/node-wires.ts';
import type { Dataplane, ForwardedFlow, Forwarding } from '../forwarding.ts';
import { TcpForwarder } from './tcp-forwarder.ts';
import type { TcpFlow, TcpService } from './tcp-service.ts';

export interface UserspaceOptions {
  readonly log: (line: string) => void;
}

export async function createUserspaceDataplane({ log }: UserspaceOptions): Promise<Dataplane> {
  const listeners = new Set<(flow: ForwardedFlow) => void>();
  const tell = (flow: ForwardedFlow) => {
    for (const listener of listeners) listener(flow);
  };
  const tcp = new TcpForwarder(createNodeWires({ keepAliveMs }), {
    log,
    onFlow: (flow) => tell(tcpFlow(flow)),
  });
  const names = new Set<string>();

  const ensure = async (forwarding: Forwarding): Promise<void> => {
    await tcp.ensure(tcpServiceOf(forwarding));
    names.add(forwarding.name);
  };
  const remove = async (name: string): Promise<void> => {
    tcp.remove(name);
    names.delete(name);
  };

  return {
    kind: 'userspace',
    abilities: { protocols: ['TCP', 'UDP'], modes: ['Proxy'] },
    replaceAll: async (forwardings) => {
      const wanted = new Set(forwardings.map(({ name }) => name));
      for (const name of [...names]) if (!wanted.has(name)) await remove(name);
      for (const forwarding of forwardings) await ensure(forwarding);
    },
    ensure,
    remove,
    onFlow: (listener) => {
      const own = (flow: ForwardedFlow) => listener(flow);
      listeners.add(own);
      tcp.isWatched = true;
      return {
        ready: Promise.resolve(),
        [Symbol.dispose]: () => {
          listeners.delete(own);
          tcp.isWatched = listeners.size > 0;
        },
      };
    },
    [Symbol.asyncDispose]: async () => tcp[Symbol.dispose](),
  };
}

function tcpServiceOf(forwarding: Forwarding): TcpService {
  const { name, service, addresses, ports, targets, sourceRanges, sessionAffinity } = forwarding;
  const doors = addresses.flatMap(({ family, address }) =>
    ports.flatMap(({ protocol, port, nodePort }) => {
      if (protocol !== 'TCP') return [];
      const own = targets.filter((target) => target.family === family);
      const nodePorts = own.map((target) => ({
        node: target.node,
        address: target.address,
        port: nodePort,
      }));
      return [{ family, address, port, targets: nodePorts }];
    }),
  );
  return { name, service, sourceRanges, isSticky: sessionAffinity === 'ClientIP', doors };
}

function tcpFlow(flow: TcpFlow): ForwardedFlow {
  return { ...flow, protocol: 'TCP', mode: 'Proxy' };
}
