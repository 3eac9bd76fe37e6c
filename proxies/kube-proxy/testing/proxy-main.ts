/** The process of `proxy-process.ts`: nftables mode, IPv4 and IPv6, until it is told to end. */
import { clientFlags } from '../../kit/client-flags.ts';
import { createUpstreamClient } from '../../kit/api/upstream-client.ts';
import { parseFlags } from '../../kit/flags.ts';
import { loadClientConfig } from '../../kit/kubeconfig/client-config.ts';
import { createUpstream } from '../../kit/kubeconfig/upstream.ts';
import { loadNftablesMode } from '../modes/nftables-mode.ts';
import { startKubeProxy } from '../proxy.ts';
import type { SyncReport } from '../sync-report.ts';
import type { ProxyProcessOptions, Synced } from './proxy-process.ts';

// What whoever started it wrote.
const options = JSON.parse(process.argv[2] ?? '{}') as ProxyProcessOptions;
const startedAt = performance.now();
await using owned = new AsyncDisposableStack();
const env = { HOME: '/nonexistent' };
const flags = parseFlags(clientFlags, [`--server=${options.server}`]).values;
const { stdin, stdout } = process;
const config = await loadClientConfig(flags, { env, stdin, stdout });
const upstream = createUpstream(config, { env, isTerminal: false, log: () => undefined });
const client = owned.use(createUpstreamClient(upstream, { userAgent: 'kube-proxy/test' }));
const mode = owned.use(await loadNftablesMode());
const firstSyncs: SyncReport[] = [];
const proxy = owned.use(
  await startKubeProxy({
    client,
    nodeName: 'node-1',
    mode,
    log: () => undefined,
    settings: {
      healthzBindAddress: '127.0.0.1:0',
      metricsBindAddress: '127.0.0.1:0',
      minSyncPeriodMs: options.minSyncPeriodMs ?? 1000,
      detectLocal: { mode: 'ClusterCIDR', clusterCIDRs: options.podCIDRs },
    },
  }),
);
proxy.onSync((report) => firstSyncs.push(report));
await proxy.synced;
const synced: Synced = {
  firstSyncs,
  syncedMs: performance.now() - startedAt,
  healthzAddress: proxy.healthzAddress ?? '',
  metricsAddress: proxy.metricsAddress ?? '',
};
process.send?.(synced);
await new Promise((resolve) => {
  process.once('SIGTERM', resolve);
  process.once('disconnect', resolve);
});
// The channel would keep the process.
if (process.connected) process.disconnect();
