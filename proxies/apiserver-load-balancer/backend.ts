/** An apiserver behind the load balancer, and what is known of it. */

export type Family = 'IPv4' | 'IPv6';

export interface Backend {
  /** `10.0.0.11:6443`, `[fd00::11]:6443`: what it is called in logs, metrics and hops. */
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly family: Family;
}

/** A backend as the operator wants it. */
export interface WantedBackend extends Backend {
  /** The host name that it was given by; absent where that was an address. */
  readonly host?: string;
  /** It keeps the connections it has, and gets no new ones. */
  readonly isDraining: boolean;
}

/**
 * What the checks say of a backend (specification 4.2).
 *
 * `unknown`: not checked yet. `ready`: answers 200. `suspect`: was ready, and something is amiss that the next
 * check decides: the check's connection broke, its answer is late, a dial failed. `not-ready`: answers, but not
 * 200: it is about to go, or cannot serve. `dead`: does not answer, `fall` times. `untrusted`: its certificate
 * is not of this cluster.
 */
export type Condition = 'unknown' | 'ready' | 'suspect' | 'not-ready' | 'dead' | 'untrusted';

export interface BackendStatus {
  readonly backend: WantedBackend;
  readonly condition: Condition;
  /** Why it is not ready, in the words of the check: `connect ECONNREFUSED 10.0.0.11:6443`. */
  readonly reason: string | null;
  /** ISO 8601: since when it is in this condition. */
  readonly since: string;
  /** Of the last check that was answered; null where none was. */
  readonly checkMs: number | null;
}

/** What the data path saw of a backend: it makes the checks look at once. */
export interface Sighting {
  readonly backend: Backend;
  /** A dial failed; or a client's first bytes have had no answer for longer than usual. */
  readonly saw: 'dial-failed' | 'no-answer';
  readonly reason: string;
}
