/** The kube-proxy of a node, in the node's own process. */
import { BlockList, isIPv6 } from 'node:net';
import { createApiClient, type ApiConnection } from '../../proxies/kit/api/api-client.ts';
import { klogLine } from '../../proxies/kit/klog.ts';
import type { Hop } from '../../proxies/kit/hop.ts';
import type { ForwardedFlow } from '../../proxies/kube-proxy/dataplane.ts';
import { loadMode } from './load-mode.ts';
import { hopsOfFlow } from '../../proxies/kube-proxy/flow-hops.ts';
import type { ModeName, ProxyMode } from '../../proxies/kube-proxy/modes/mode.ts';
import type { KubeProxySettings } from '../../proxies/kube-proxy/options.ts';
import { startKubeProxy, type KubeProxy } from '../../proxies/kube-proxy/proxy.ts';
import { takeTurn } from './take-turn.ts';

export interface NodeProxyOptions {
  readonly nodeName: string;
  readonly nodeIPs: readonly string[];
  /** As `system:kube-proxy`. */
  readonly connection: ApiConnection;
  /** `--proxy-mode`; where nftables is not to be had, userspace takes its place. */
  readonly mode: ModeName;
  /** `--cluster-cidr` */
  readonly clusterCIDRs: readonly string[];
  /** `host:port` to listen on while it works, where the nodes share one network: one at a time works. */
  readonly turn: string | null;
  readonly settings?: Partial<KubeProxySettings>;
  readonly log: (line: string) => void;
}

export interface NodeProxy extends AsyncDisposable {
  /** Resolves when Services are to be reached, or when that is not to be waited for. */
  readonly settled: Promise<void>;
  /** Resolves when flows that begin from now on are told, or no longer. */
  setHopListener(listener: ((hop: Hop) => void) | null): Promise<void>;
}

/**
 * In the lab each change is synced soon. Upstream's second spares nodes with many thousand Services, for
 * whom each sync was dear. Here a sync costs what changed, and a reader waits for it. A change after a
 * quiet time is synced at once; this is between the many of a start or a rollout.
 */
const minSyncPeriodMs = 200;
/** Where it takes longer, the node is there all the same. */
const settleWithinMs = 5_000;

export function startNodeProxy(options: NodeProxyOptions): NodeProxy {
  const { nodeName, nodeIPs, turn, log } = options;
  const stop = new AbortController();
  const settled = Promise.withResolvers<undefined>();
  let proxy: KubeProxy | null = null;
  let listener: ((hop: Hop) => void) | null = null;
  let following: ReturnType<KubeProxy['onFlow']> | null = null;

  const follow = async () => {
    following?.[Symbol.dispose]();
    following = null;
    if (proxy === null || listener === null) return;
    const place = { nodeName, nodeIPs, dataplane: proxy.mode, isPod: podsOf(options.clusterCIDRs) };
    following = proxy.onFlow((flow: ForwardedFlow) => {
      for (const hop of hopsOfFlow(flow, place)) listener?.(hop);
    });
    await following.ready;
  };

  const run = async () => {
    await using owned = new AsyncDisposableStack();
    // Whoever has the turn serves for all.
    if (turn !== null) {
      owned.use(await takeTurn(turn, stop.signal, () => settled.resolve(undefined)));
    }
    const mode = owned.use(await loadMode(options.mode, log));
    // Loopback is nobody's node: only where the lab is there, NodePorts are, too.
    const here: ProxyMode =
      turn === null
        ? mode
        : {
            ...mode,
            createDataplane: (place) => mode.createDataplane({ ...place, nodePortIPs: nodeIPs }),
          };
    const client = owned.use(createApiClient(options.connection));
    proxy = owned.use(
      await startKubeProxy({
        client,
        nodeName,
        mode: here,
        settings: {
          detectLocal: { mode: 'ClusterCIDR', clusterCIDRs: options.clusterCIDRs },
          minSyncPeriodMs,
          ...options.settings,
        },
        log,
      }),
    );
    void proxy.synced.then(() => settled.resolve(undefined));
    await follow();
    const stopped = new Promise((resolve) => {
      stop.signal.addEventListener('abort', resolve, { once: true });
    });
    if (!stop.signal.aborted) await Promise.race([stopped, proxy.ended]);
  };
  const late = setTimeout(() => settled.resolve(undefined), settleWithinMs);
  const ended = run()
    .catch((error: unknown) => {
      if (!stop.signal.aborted) log(klogLine('E', 'hop', `kube-proxy has ended: ${String(error)}`));
    })
    .finally(() => {
      proxy = null;
      clearTimeout(late);
      settled.resolve(undefined);
    });

  return {
    settled: settled.promise,
    setHopListener: (next) => {
      listener = next;
      return follow();
    },
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await ended;
    },
  };
}

/** Tells pods by their ranges. */
function podsOf(clusterCIDRs: readonly string[]): (address: string) => boolean {
  const pods = new BlockList();
  for (const range of clusterCIDRs) {
    const [network = '', length = ''] = range.split('/');
    pods.addSubnet(network, Number(length), isIPv6(network) ? 'ipv6' : 'ipv4');
  }
  return (address) => pods.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}
