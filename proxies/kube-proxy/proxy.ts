/** kube-proxy: what the API says of Services and their endpoints, told to dataplanes as it changes. */
import type { ForwardedFlow } from './dataplane.ts';
import type { ModeName } from './modes/mode.ts';
import type { KubeProxyOptions } from './options.ts';
import type { Family } from './service-port.ts';

/** One sync of one family, as it went. */
export interface SyncReport {
  readonly family: Family;
  readonly kind: 'full' | 'partial';
  /** Ports that were new or changed, and ports that went. */
  readonly changed: number;
  readonly removed: number;
  readonly operations: number;
  readonly tookMs: number;
  /** When it ended: `2026-11-22T14:05:00.123Z` */
  readonly at: string;
  /** Why it failed; null where it did not. */
  readonly error: string | null;
}

export interface ServiceDescription {
  readonly mode: ModeName;
  readonly families: readonly { readonly family: Family; readonly lines: readonly string[] }[];
}

export interface KubeProxy extends AsyncDisposable {
  readonly mode: ModeName;
  readonly nodeName: string;
  /** Resolves when each family has had its first sync. */
  readonly synced: Promise<void>;
  /** Rejects where it cannot go on: an address that cannot be bound, with `isBindHardFail`. */
  readonly ended: Promise<never>;
  /** `0.0.0.0:10256`; null while it is not bound. */
  readonly healthzAddress: string | null;
  readonly metricsAddress: string | null;
  /** The last ones, the latest last. */
  readonly recentSyncs: readonly SyncReport[];
  onSync(listener: (report: SyncReport) => void): Disposable;
  /** Tells the flows that begin from now on, from when it is ready; costs nothing while nobody listens. */
  onFlow(listener: (flow: ForwardedFlow) => void): Disposable & { readonly ready: Promise<void> };
  /** What a Service, by `namespace/name`, causes now. No lines: nothing. */
  describe(serviceKey: string): Promise<ServiceDescription>;
}

/** Starts it; resolves when it follows the API and its servers are about to be bound, not when it has synced. */
export function startKubeProxy(options: KubeProxyOptions): Promise<KubeProxy> {
  return Promise.reject(new Error(`${options.mode.name}: not there yet`));
}
