/**
 * The portable dataplane: it takes connections and datagrams itself at the addresses of load balancers, and opens
 * connections of its own to node ports. What comes to a port without a node behind it, the kernel refuses.
 */
import { keepAliveMs } from '../../kit/l4/dial-ladder.ts';
import { UdpSessions } from '../../kit/l4/udp-sessions.ts';
import type { Dataplane, ForwardedFlow, Forwarding } from '../forwarding.ts';
import type { Transport } from '../service.ts';
import { openAnnouncing } from './announce.ts';
import { doorsOf, type DoorFlow } from './door.ts';
import { openTcpPath } from './tcp-path.ts';
import { UdpForwarder } from './udp-forwarder.ts';

export interface UserspaceOptions {
  readonly log: (line: string) => void;
  /** What moves the bytes of TCP: `epoll` where it is to be had, if not given. */
  readonly wires?: 'epoll' | 'node';
  /** How long a UDP session outlives its last datagram: 30 s, as the kernel's do. */
  readonly udpIdleMs?: number;
  /** Each takes a file descriptor; beyond them the oldest ends: 4,096. */
  readonly udpSessionLimit?: number;
}

const defaultUdpIdleMs = 30_000;
const defaultUdpSessionLimit = 4_096;

export async function createUserspaceDataplane(options: UserspaceOptions): Promise<Dataplane> {
  const { log, udpIdleMs = defaultUdpIdleMs, udpSessionLimit = defaultUdpSessionLimit } = options;
  const listeners = new Set<(flow: ForwardedFlow) => void>();
  const tell = (protocol: Transport) => (flow: DoorFlow) => {
    for (const listener of listeners) listener({ ...flow, protocol, mode: 'Proxy' });
  };
  await using starting = new AsyncDisposableStack();
  const announcing = starting.use(openAnnouncing());
  const sessions = starting.use(new UdpSessions({ idleMs: udpIdleMs, limit: udpSessionLimit }));
  const events = { log, onFlow: tell('TCP') };
  const tcp = starting.use(await openTcpPath({ keepAliveMs }, events, options.wires));
  const udp = starting.use(new UdpForwarder({ sessions, log, onFlow: tell('UDP') }));
  const current = new Map<string, Forwarding>();
  const owned = starting.move();

  const forward = async (forwarding: Forwarding): Promise<void> => {
    await tcp.ensure(doorsOf(forwarding, 'TCP'));
    await udp.ensure(doorsOf(forwarding, 'UDP'));
  };
  const stop = async (name: string): Promise<void> => {
    await tcp.remove(name);
    udp.remove(name);
  };
  /** What could not be taken away is said, and in nobody's way. */
  const release = (forwarding: Forwarding) =>
    announcing.release(addressesOf(forwarding)).catch((error: unknown) => {
      log(`${forwarding.service}: ${error instanceof Error ? error.message : String(error)}`);
    });
  const goBack = async (name: string, before: Forwarding | undefined): Promise<void> => {
    try {
      if (before) await forward(before);
      else await stop(name);
    } catch {
      // Somebody has taken what it had: it has nothing then.
      await stop(name);
      current.delete(name);
      if (before) await release(before);
    }
  };
  const ensure = async (forwarding: Forwarding): Promise<void> => {
    const { name } = forwarding;
    const before = current.get(name);
    if (before && JSON.stringify(before) === JSON.stringify(forwarding)) return;
    await announcing.hold(addressesOf(forwarding));
    try {
      await forward(forwarding);
    } catch (error) {
      await goBack(name, before);
      await release(forwarding);
      throw error;
    }
    current.set(name, forwarding);
    if (before) await release(before);
  };
  const remove = async (name: string): Promise<void> => {
    const before = current.get(name);
    await stop(name);
    current.delete(name);
    if (before) await release(before);
  };

  return {
    kind: 'userspace',
    abilities: { protocols: ['TCP', 'UDP'], modes: ['Proxy'] },
    replaceAll: async (forwardings) => {
      const wanted = new Set(forwardings.map(({ name }) => name));
      for (const name of [...current.keys()]) if (!wanted.has(name)) await remove(name);
      for (const forwarding of forwardings) await ensure(forwarding);
    },
    ensure,
    remove,
    onFlow: (listener) => {
      const own = (flow: ForwardedFlow) => listener(flow);
      listeners.add(own);
      return {
        ready: tcp.watch(true),
        [Symbol.dispose]: () => {
          listeners.delete(own);
          // Once it has ended there is nothing left to tell.
          if (listeners.size === 0) tcp.watch(false).catch(() => undefined);
        },
      };
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function addressesOf({ addresses }: Forwarding): readonly string[] {
  return addresses.map(({ address }) => address);
}
