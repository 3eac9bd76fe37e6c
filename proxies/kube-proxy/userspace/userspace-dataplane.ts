/**
 * The portable dataplane (specification 3.15): the proxy itself listens at the addresses of Services, and
 * opens a connection of its own to an endpoint for each that comes. `limits.ts` says what it cannot do.
 */
import type { Dataplane, DataplaneChange, DataplaneOptions, ForwardedFlow } from '../dataplane.ts';
import { openLocalAddresses, routeProtocols } from '../../kit/l4/local-addresses.ts';
import { RelaySet } from '../../kit/l4/relay-set.ts';
import { UdpSessions } from '../../kit/l4/udp-sessions.ts';
import type { ServicePortState } from '../service-port.ts';
import { hostPort } from './frontends.ts';
import type { ListenerEvents } from './listener.ts';
import { Listeners } from './listeners.ts';
import type { UserspaceProblem } from './problem.ts';
import { ServedPort, type Surroundings } from './served-port.ts';
import { matcherOf } from '../../kit/l4/source-ranges.ts';

export interface UserspaceOptions extends DataplaneOptions {
  /** Told once for each port and reason, not at each try. */
  readonly onProblem?: (problem: UserspaceProblem) => void;
  /** How long a UDP session outlives its last datagram: 30 s, as the kernel's do. */
  readonly udpIdleMs?: number;
  /** Each takes a file descriptor; beyond them the oldest ends: 4,096. */
  readonly udpSessionLimit?: number;
  /** Milliseconds of a clock that only goes forward. */
  readonly now?: () => number;
}

export interface UserspaceStats {
  readonly listeners: number;
  readonly connections: number;
  readonly udpSessions: number;
  /** Frontends that nobody could listen at. */
  readonly unbound: number;
  /** Ports of protocols that cannot be served. */
  readonly unsupported: number;
}

export interface UserspaceDataplane extends Dataplane {
  readonly mode: 'userspace';
  stats(): UserspaceStats;
  /** Where it listens for a port now: `TCP 10.96.0.10:53`; what failed is told with its reason. */
  describe(key: string): readonly string[];
}

const defaultUdpIdleMs = 30_000;
const defaultUdpSessionLimit = 4_096;

export async function createUserspaceDataplane(
  options: UserspaceOptions,
): Promise<UserspaceDataplane> {
  const { family, podCIDRs, nodeIPs, log } = options;
  const nodes = new Set(nodeIPs);
  const around: Surroundings = {
    isPod: matcherOf(family, podCIDRs),
    isNode: (address) => nodes.has(address),
    nodeIPs,
    now: options.now ?? (() => performance.now()),
  };
  /** Listening may be possible all the same; if not, that is told for each port. */
  const addressed = (change: Promise<void>) =>
    change.catch((error: unknown) => {
      log(`addresses of Services: ${error instanceof Error ? error.message : String(error)}`);
    });
  const report = (problem: UserspaceProblem) => {
    const { key } = problem.port;
    log(`${key}: ${problem.where}: ${problem.message}`);
    options.onProblem?.(problem);
  };

  await using starting = new AsyncDisposableStack();
  const addresses = starting.use(
    openLocalAddresses({
      family,
      routeProtocol: routeProtocols.kubeProxy,
      source: nodeIPs[0],
    }),
  );
  const relays = starting.use(new RelaySet());
  const sessions = starting.use(
    new UdpSessions({
      idleMs: options.udpIdleMs ?? defaultUdpIdleMs,
      limit: options.udpSessionLimit ?? defaultUdpSessionLimit,
    }),
  );
  const flowListeners = new Set<(flow: ForwardedFlow) => void>();
  const events: ListenerEvents = {
    onFlow: (frontend, port, client, backend) => {
      if (flowListeners.size === 0) return;
      const flow: ForwardedFlow = {
        protocol: frontend.protocol,
        source: hostPort(client.address, client.port),
        destination: hostPort(frontend.address, frontend.port),
        backend: hostPort(backend.address, backend.port),
        isMasqueraded: true,
        servicePort: port.state.key,
      };
      for (const listener of flowListeners) listener(flow);
    },
    onError: (frontend, error) => log(`${frontend.name}: ${error.message}`),
  };
  const listeners = starting.use(
    new Listeners({
      relays,
      sessions,
      events,
      report,
      nodePortAddresses: nodePortAddressesOf(options),
    }),
  );
  const ports = new Map<string, ServedPort>();
  let isTrusted = false;
  const owned = starting.move();

  return {
    mode: 'userspace',
    family,
    sync: async (change: DataplaneChange) => {
      const startedMs = performance.now();
      const kind = isTrusted ? 'partial' : 'full';
      isTrusted = false;
      let operations = 0;
      const unheld: ServicePortState[] = [];
      for (const key of change.removed) {
        const port = ports.get(key);
        if (port === undefined) continue;
        ports.delete(key);
        unheld.push(port.state);
        operations += listeners.remove(port);
      }
      for (const state of change.changed) {
        const known = ports.get(state.key);
        const port = known ?? new ServedPort(state, around);
        if (known) {
          unheld.push(known.state);
          known.update(state);
        }
        ports.set(state.key, port);
        operations += listeners.change(port);
      }
      if (kind === 'full') await addressed(addresses.repair());
      await addressed(addresses.hold(addressesOf(change.changed)));
      operations += await listeners.openWanted();
      await addressed(addresses.release(addressesOf(unheld)));
      isTrusted = true;
      return { kind, operations, tookMs: performance.now() - startedMs };
    },
    distrust: () => {
      isTrusted = false;
    },
    // Nobody else can change listeners of ours.
    onDrift: () => ({ [Symbol.dispose]: () => undefined }),
    onFlow: (listener) => {
      const own = (flow: ForwardedFlow) => listener(flow);
      flowListeners.add(own);
      return {
        ready: Promise.resolve(),
        [Symbol.dispose]: () => void flowListeners.delete(own),
      };
    },
    stats: () => ({
      listeners: listeners.count,
      connections: relays.count,
      udpSessions: sessions.count,
      unbound: listeners.unbound,
      unsupported: listeners.unsupported,
    }),
    describe: (key) => {
      const port = ports.get(key);
      return port ? listeners.describe(port) : [];
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function addressesOf(ports: readonly ServicePortState[]): readonly string[] {
  return ports.flatMap(({ protocol, clusterIP, externalIPs, loadBalancerIPs }) =>
    // Where nothing can be served nothing is captured.
    protocol === 'SCTP' ? [] : [clusterIP, ...externalIPs, ...loadBalancerIPs],
  );
}

/** By default those of the node, never the loopback's own two (specification 3.12). */
function nodePortAddressesOf({ nodePortIPs, nodeIPs }: DataplaneOptions): readonly string[] {
  return nodePortIPs ?? nodeIPs.filter((address) => address !== '127.0.0.1' && address !== '::1');
}
