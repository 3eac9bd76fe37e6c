/** What moves the bytes between clients and apiservers: told who may have connections, as that changes. */
import type { Backend, Sighting } from './backend.ts';

export interface ListenAddress {
  /** `0.0.0.0`, `::`, or one address. */
  readonly host: string;
  readonly port: number;
}

/** How new connections are dealt out among those who may have them. */
export const balances = ['round-robin', 'least-connections', 'first-healthy'] as const;
export type Balance = (typeof balances)[number];

export interface DataplaneOptions {
  readonly listen: readonly ListenAddress[];
  readonly balance: Balance;
  /** How long a dial may take before the next backend is tried. */
  readonly dialTimeoutMs: number;
  /** Between probes of a silent connection; 0: none. */
  readonly keepAliveMs: number;
  /** A connection on which nobody says a word for so long is reset; 0: never. */
  readonly idleTimeoutMs: number;
  /** A connection older than this is ended, spread over a tenth of it; 0: never. */
  readonly maxConnectionAgeMs: number;
  /** Announces the client's address to the backend; apiservers do not understand it. */
  readonly proxyProtocol: 'off' | 'v1' | 'v2';
  /** A dataplane says what is the matter; when, and where, is added. */
  readonly log: (line: string) => void;
  readonly onSighting: (sighting: Sighting) => void;
}

export interface ForwardingPlan {
  /** Who gets new connections, in the operator's order; empty: nobody, clients are refused. */
  readonly eligible: readonly Backend[];
  /**
   * Whose connections end now, with a reset on both sides. Everybody else's live on. Somebody is in here once,
   * in the plan that says it: the next plan is without, and says nothing about it. With `try-all` it may be
   * eligible in the same plan: its old connections end, and new ones are tried.
   */
  readonly reset: readonly Backend[];
}

/** A connection that was sent on its way: `address:port`, IPv6 in brackets. */
export interface ForwardedConnection {
  readonly source: string;
  readonly destination: string;
  readonly backend: string;
  /** Where the backend sees it come from: an address of the load balancer's. */
  readonly seenAs: string;
}

/** Counted since the start; what a dataplane cannot count is null. */
export interface DataplaneCounts {
  readonly accepted: number | null;
  /** Clients that no backend could be found for. */
  readonly refused: number | null;
  /** Dials that failed and were followed by another. */
  readonly retried: number | null;
  /** Connections ended with a reset because their backend is dead. */
  readonly reset: number | null;
  readonly sentBytes: number | null;
  readonly receivedBytes: number | null;
}

export interface Dataplane extends AsyncDisposable {
  readonly kind: 'nftables' | 'userspace';
  /** Where it serves, as `host:port`, the ports that the system chose filled in. */
  readonly addresses: readonly string[];
  /**
   * New connections follow the plan once it resolves; the same plan again costs nothing. Calls do not overlap:
   * whoever calls waits.
   */
  apply(plan: ForwardingPlan): Promise<void>;
  /** The connections that live now. */
  connections(): Promise<readonly ForwardedConnection[]>;
  /** How many live now, by the name of their backend. */
  counts(): Promise<DataplaneCounts & { readonly active: ReadonlyMap<string, number> }>;
  /** Tells each connection that begins from now on; costs nothing while nobody listens. */
  onConnection(
    listener: (connection: ForwardedConnection) => void,
  ): Disposable & { readonly ready: Promise<void> };
}
