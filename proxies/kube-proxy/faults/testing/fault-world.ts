/** In a namespace of its own: a node and its cables, an apiserver that can be killed, and traffic. */
import type { ApiClient } from '../../../kit/api/api-client.ts';
import { createUpstreamClient } from '../../../kit/api/upstream-client.ts';
import { clientFlags } from '../../../kit/client-flags.ts';
import { parseFlags } from '../../../kit/flags.ts';
import { loadClientConfig } from '../../../kit/kubeconfig/client-config.ts';
import { createUpstream } from '../../../kit/kubeconfig/upstream.ts';
import { layNodeNetwork, nodeNetwork } from '../../../kit/testing/node-network.ts';
import {
  startScriptedApiserver,
  type ScriptedApiserver,
} from '../../../kit/testing/scripted-apiserver.ts';
import { loadNftablesMode } from '../../modes/nftables-mode.ts';
import type { KubeProxyOptions } from '../../options.ts';
import { startKubeProxy, type KubeProxy } from '../../proxy.ts';
import { node, paths, service, slice } from '../../testing/objects.ts';
import { openDoor, type Door } from './door.ts';
import { openTraffic, type Traffic } from './traffic.ts';

export interface FaultWorld extends AsyncDisposable {
  readonly apiserver: ScriptedApiserver;
  readonly door: Door;
  readonly traffic: Traffic;
  /** A Service `web-<index>` with its endpoints: `10.64.<index>.<number>`. @returns its address */
  serve(index: number, endpoints: number): string;
  /** In this process; a change is written at once. */
  start(options?: Partial<KubeProxyOptions>): Promise<KubeProxy>;
}

export async function openFaultWorld(pageSize = 500): Promise<FaultWorld> {
  layNodeNetwork();
  await using opening = new AsyncDisposableStack();
  const apiserver = opening.use(await startScriptedApiserver({ pageSize }));
  apiserver.put(paths.nodes, node());
  const door = opening.use(await openDoor(apiserver.url));
  const traffic = await openTraffic();
  const owned = opening.move();
  return {
    apiserver,
    door,
    traffic,
    serve: (index, endpoints) => {
      const name = `web-${index}`;
      apiserver.put(paths.services, service(name, serviceIP(index)));
      apiserver.put(paths.slices, slice(name, endpointIPs(index, endpoints)));
      return serviceIP(index);
    },
    start: async ({ settings, mode, ...others } = {}) => {
      const client = owned.use(await clientOf(door.url));
      return owned.use(
        await startKubeProxy({
          client,
          nodeName: 'node-1',
          mode: mode ?? owned.use(await loadNftablesMode()),
          log: () => undefined,
          ...others,
          settings: {
            healthzBindAddress: '127.0.0.1:0',
            metricsBindAddress: '127.0.0.1:0',
            minSyncPeriodMs: 0,
            detectLocal: { mode: 'ClusterCIDR', clusterCIDRs: nodeNetwork.podCIDRs },
            ...settings,
          },
        }),
      );
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

export function serviceIP(index: number): string {
  return `10.0.${index >> 8}.${index & 255}`;
}

export function endpointIPs(index: number, count: number, from = 1): string[] {
  return Array.from({ length: count }, (_, number) => `10.64.${index}.${from + number}`);
}

async function clientOf(server: string): Promise<ApiClient & AsyncDisposable> {
  const env = { HOME: '/nonexistent' };
  const { stdin, stdout } = process;
  const flags = parseFlags(clientFlags, [`--server=${server}`]).values;
  const config = await loadClientConfig(flags, { env, stdin, stdout });
  const upstream = createUpstream(config, { env, isTerminal: false, log: () => undefined });
  return createUpstreamClient(upstream, { userAgent: 'kube-proxy/test' });
}
