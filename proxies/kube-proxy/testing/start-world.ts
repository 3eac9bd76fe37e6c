/** For tests: an apiserver, a kube-proxy that follows it, and dataplanes that remember. */
import {
  startScriptedApiserver,
  type ScriptedApiserver,
} from '../../kit/testing/scripted-apiserver.ts';
import { createUpstreamClient } from '../../kit/api/upstream-client.ts';
import { loadClientConfig } from '../../kit/kubeconfig/client-config.ts';
import { createUpstream } from '../../kit/kubeconfig/upstream.ts';
import { parseFlags } from '../../kit/flags.ts';
import { clientFlags } from '../../kit/client-flags.ts';
import type { KubeProxyOptions } from '../options.ts';
import { startKubeProxy, type KubeProxy } from '../proxy.ts';
import type { SyncReport } from '../sync-report.ts';
import { createFakeMode, type FakeMode } from './fake-mode.ts';
import { node, paths } from './objects.ts';

export interface World extends AsyncDisposable {
  readonly apiserver: ScriptedApiserver;
  readonly mode: FakeMode;
  readonly logged: readonly string[];
  /** With servers at ports that the system chooses, and without a pause between syncs. */
  start(options?: Partial<KubeProxyOptions>): Promise<KubeProxy>;
}

/** The node is there; everything else is the test's. */
export async function startWorld(pageSize = 500): Promise<World> {
  await using starting = new AsyncDisposableStack();
  const apiserver = starting.use(await startScriptedApiserver({ pageSize }));
  apiserver.put(paths.nodes, node());
  const flags = parseFlags(clientFlags, [`--server=${apiserver.url}`]).values;
  const env = { HOME: '/nonexistent' };
  const config = await loadClientConfig(flags, {
    env,
    stdin: process.stdin,
    stdout: process.stdout,
  });
  const upstream = createUpstream(config, { env, isTerminal: false, log: () => undefined });
  const client = starting.use(createUpstreamClient(upstream, { userAgent: 'kube-proxy/test' }));
  const mode = createFakeMode();
  const logged: string[] = [];
  const owned = starting.move();
  return {
    apiserver,
    mode,
    logged,
    start: async ({ settings, ...others } = {}) =>
      owned.use(
        await startKubeProxy({
          client,
          nodeName: 'node-1',
          mode,
          log: (line) => logged.push(line),
          ...others,
          settings: {
            healthzBindAddress: '127.0.0.1:0',
            metricsBindAddress: '127.0.0.1:0',
            minSyncPeriodMs: 0,
            ...settings,
          },
        }),
      ),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Resolves with the first sync, from now on, of which this is true. */
export async function nextSync(
  proxy: KubeProxy,
  isWanted: (report: SyncReport) => boolean = () => true,
): Promise<SyncReport> {
  const { promise, resolve } = Promise.withResolvers<SyncReport>();
  using listening = new DisposableStack();
  listening.use(
    proxy.onSync((report) => {
      if (isWanted(report)) resolve(report);
    }),
  );
  return await promise;
}
