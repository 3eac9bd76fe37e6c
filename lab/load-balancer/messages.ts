/** What the supervisor and the load balancer's program say to each other, over the channel between them. */
import type { BalancerPlace } from '../../proxies/apiserver-load-balancer/connection-hops.ts';
import type { ForwardedConnection } from '../../proxies/apiserver-load-balancer/dataplane.ts';

/** Who the apiservers are, as `host:port`; holds until it is told anew. */
export interface ApiserversMessage {
  readonly apiservers: readonly string[];
}

/** Sent with the number of the question; answered with a `PlacedConnection`, or null. */
export interface PathQuestion {
  /** Where the connection comes from: `192.0.2.1:40122`. */
  readonly pathOf: string;
}

/** A connection, and what balances it: not everywhere is that the kernel. */
export type PlacedConnection = ForwardedConnection & BalancerPlace;

/** Which way a connection to the apiservers went. */
export interface ApiserverPath extends ForwardedConnection, BalancerPlace {
  /** `apiserver-2`; null where the machine is not known, by now, that was there. */
  readonly apiserver: string | null;
}
