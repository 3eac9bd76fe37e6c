/** An endpoint of an EndpointSlice, as selection needs it. */

/** What an EndpointSlice says of one address; the same for all of its ports. */
export interface Endpoint {
  /** Canonical, of the slice's family. */
  readonly address: string;
  /** It runs on this node. */
  readonly isLocal: boolean;
  readonly isReady: boolean;
  readonly isServing: boolean;
  readonly isTerminating: boolean;
  /** `hints.forZones`; null where there are none. */
  readonly zones: readonly string[] | null;
  /** `hints.forNodes`; null where there are none. */
  readonly nodes: readonly string[] | null;
}

/** An endpoint at one of its ports. */
export interface PortEndpoint extends Endpoint {
  readonly port: number;
}
