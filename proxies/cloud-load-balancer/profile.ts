/**
 * How a cloud behaves towards Services, as far as one can see from the cluster: what it takes, which status and
 * events it writes. Data, with a source for every cell; it drives the provider, and the page's table shows it.
 * Pure data, browser-safe.
 */
import type { Source } from '../descriptor.ts';
import type { Transport } from './service.ts';

/** A value, and who says so. */
export interface Cell<T> {
  readonly value: T;
  readonly sources: readonly Source[];
}

/**
 * `internal-only`: for load balancers without an address outside. `if-offered`: handed on to a cloud that may have
 * it, or not.
 */
export type Support = 'yes' | 'no' | 'internal-only' | 'if-offered';

/** Messages are the cloud's words; what is in `{{…}}` is filled in, see `words.ts`. */
export interface Refusal {
  /**
   * `fails`: the whole Service, with SyncLoadBalancerFailed. `skips`: the port alone; the others are served, and
   * `reason` is the event's, where there is one.
   */
  readonly how: 'fails' | 'skips';
  /** The reason of an event of the cloud's own; null: it writes none. */
  readonly reason: string | null;
  readonly message: string;
  /** What that event says; absent: the message. */
  readonly eventMessage?: string;
  /** What it says of internal load balancers; absent: the message. */
  readonly internalMessage?: string;
  /** What it writes into the port's status; null: nothing. */
  readonly portError: string | null;
}

export interface ProviderProfile {
  /** `aws-nlb` */
  readonly id: string;
  /** A name, not to be translated: `AWS Network Load Balancer`. */
  readonly title: string;
  readonly protocols: Cell<Readonly<Record<Transport, Support>>>;
  /** What happens to a port of a protocol that it does not have; null: it has all. */
  readonly otherProtocol: Cell<Refusal> | null;
  /**
   * Several protocols in one Service. `opt-in`: of two on one port, it has the second only by the annotation in
   * `mixedAnnotation`.
   */
  readonly mixedProtocols: Cell<'yes' | 'no' | 'opt-in'>;
  readonly mixedAnnotation: Cell<AnnotationMark> | null;
  readonly mixedRefusal: Cell<Refusal> | null;
  /** What it says to `sessionAffinity: ClientIP`, with which it fails; null: it is taken. */
  readonly affinityRefusal: Cell<string> | null;
  /** What stands in the status. `node-ips`: addresses of the nodes themselves. */
  readonly address: Cell<'ip' | 'hostname' | 'node-ips'>;
  /** Which families it gives addresses of. */
  readonly families: Cell<GivenFamilies>;
  /**
   * `unset`: the status has none, and the apiserver makes it VIP. `as-forwarded`: what the data path does, which
   * differs from place to place.
   */
  readonly ipMode: Cell<'VIP' | 'Proxy' | 'unset' | 'as-forwarded'>;
  /** An annotation that makes it `Proxy`: that of the PROXY protocol; null: none does. */
  readonly proxyModeAnnotation: Cell<AnnotationMark> | null;
  /** An annotation whose value is the hostname that the status shows instead of addresses; null: none. */
  readonly hostnameAnnotation: Cell<string> | null;
  /** What makes a load balancer internal; null: nothing does. */
  readonly internal: Cell<InternalMark> | null;
  /** An annotation with which another controller serves the Service; null: none. */
  readonly elsewhereAnnotation: Cell<AnnotationMark> | null;
  /** Whether the status lists the ports. */
  readonly listsPorts: Cell<boolean>;
  /** Which nodes get packets: all that are healthy, or one that was elected. */
  readonly targets: Cell<'every-node' | 'one-node'>;
  /** `loadBalancerClass` values that it serves; empty: none. */
  readonly classes: Cell<readonly string[]>;
  /** Whether it serves Services without a class. */
  readonly servesWithoutClass: Cell<boolean>;
  /** Whether `spec.loadBalancerIP` is heard. */
  readonly loadBalancerIP: Cell<boolean>;
  /** What it says to one, with which it fails; null: it takes it, or passes over it. */
  readonly loadBalancerIPRefusal: Cell<string> | null;
  /** An event of its own once the Service has its addresses; null: none. */
  readonly assignedEvent: Cell<EventWords> | null;
  /** How it asks nodes for their health, with `externalTrafficPolicy: Cluster`; null: it does not. */
  readonly healthCheck: Cell<HealthCheck | null>;
}

/**
 * `each`: one address of each family of the Service. `one`: one, of the first. `ipv4`: one of IPv4, whatever the
 * Service has. `both`: one of each, whatever the Service has. `by-nodes`: one of IPv4, and one of IPv6 where all nodes
 * have such addresses.
 */
export type GivenFamilies = 'each' | 'one' | 'ipv4' | 'both' | 'by-nodes';

/** An annotation of a Service that switches something on. */
export interface AnnotationMark {
  /** The first of them that is there counts. */
  readonly keys: readonly [string, ...string[]];
  /** Which values do; an empty one never does. */
  readonly on: RegExp;
}

export interface InternalMark extends AnnotationMark {
  /** A `loadBalancerClass` that does, too. */
  readonly classes: readonly string[];
  /** Whether one is internal where no annotation says anything. */
  readonly byDefault: boolean;
}

export interface EventWords {
  readonly reason: string;
  readonly message: string;
}

export interface HealthCheck {
  /** What it asks by default: kube-proxy's `/healthz`, or whether the Service's node port takes connections. */
  readonly asks: 'kube-proxy' | 'node-port';
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly healthyThreshold: number;
  readonly unhealthyThreshold: number;
}
