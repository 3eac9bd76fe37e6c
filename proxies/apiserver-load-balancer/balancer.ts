/** A load balancer that runs: ours, or somebody else's program with a configuration from the same list. */
import type { BackendStatus, WantedBackend } from './backend.ts';
import type { DataplaneCounts, DataplaneOptions, ForwardedConnection } from './dataplane.ts';

export const implementations = ['hop', 'nginx', 'haproxy'] as const;
export type ImplementationName = (typeof implementations)[number];

/** How backends are asked whether they are ready: `GET /readyz` over HTTPS (specification 4.2). */
export interface CheckOptions {
  readonly path: string;
  readonly intervalMs: number;
  /**
   * A check that has had no answer after so long counts as unanswered. Who is late gets no new connections long
   * before: this only says when those that it has are reset. When etcd hangs, all kube-apiservers are as late: their
   * `/readyz` asks it twice, for 2 s each (`--etcd-healthcheck-timeout`, `--etcd-readycheck-timeout`), and then says
   * 500. Nobody is dead for that, where this is longer.
   */
  readonly timeoutMs: number;
  /** So many good answers in a row make a backend ready again; the first check of all counts alone. */
  readonly rise: number;
  /** So many checks in a row without an answer make it dead. */
  readonly fall: number;
  /** What its certificate must be signed by; null: it is not verified. */
  readonly caPem: string | null;
  /** The name that its certificate must have; null: its own host or address. */
  readonly serverName: string | null;
}

export interface BalancerOptions extends Omit<DataplaneOptions, 'onSighting'> {
  readonly check: CheckOptions;
  /** Who gets connections when no backend is ready: all that are trusted, or nobody. */
  readonly whenNoneReady: 'try-all' | 'refuse';
  /** Connections of a backend that drains or was taken off the list are reset after so long; 0: never. */
  readonly drainTimeoutMs: number;
}

export interface RunningBalancer extends AsyncDisposable {
  readonly implementation: ImplementationName;
  /** Where it serves, as `host:port`. */
  readonly addresses: readonly string[];
  /**
   * Replaces the list; connections to those that stay live on.
   *
   * @throws Error when it cannot be done; then the list before is still in force.
   */
  setBackends(backends: readonly WantedBackend[]): Promise<void>;
  /** What is known of each backend; null where the implementation does not say. */
  statuses(): Promise<readonly BackendStatus[] | null>;
  onStatus(listener: () => void): Disposable;
  /** The connections that live now; null where the implementation does not say. */
  connections(): Promise<readonly ForwardedConnection[] | null>;
  counts(): Promise<(DataplaneCounts & { readonly active: ReadonlyMap<string, number> }) | null>;
  onConnection(
    listener: (connection: ForwardedConnection) => void,
  ): Disposable & { readonly ready: Promise<void> };
  /** Rejects when it ends on its own, with why. Never resolves. */
  readonly failed: Promise<never>;
}
