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

export interface Refusal {
  /**
   * `fails`: the whole Service, with SyncLoadBalancerFailed. `skips`: the port alone; the others are served, and
   * `reason` is the event's, where there is one.
   */
  readonly how: 'fails' | 'skips';
  /** The event's reason; null: no event of the cloud's own. */
  readonly reason: string | null;
  /** The cloud's words, `{{protocol}}` and `{{port}}` to be filled in. */
  readonly message: string;
  /** What it writes into the port's status; null: nothing. */
  readonly portError: string | null;
}

export interface ProviderProfile {
  /** `aws-nlb` */
  readonly id: string;
  /** A name, not to be translated: `AWS Network Load Balancer`. */
  readonly title: string;
  readonly protocols: Cell<Readonly<Record<Transport, Support>>>;
  /** What happens to a port of a protocol that it does not have. */
  readonly otherProtocol: Cell<Refusal> | null;
  /** Several protocols in one Service. `opt-in`: by the annotation in `mixedAnnotation`. */
  readonly mixedProtocols: Cell<'yes' | 'no' | 'opt-in'>;
  readonly mixedAnnotation: string | null;
  readonly mixedRefusal: Cell<Refusal> | null;
  /** What stands in the status. `node-ips`: addresses of the nodes themselves. */
  readonly address: Cell<'ip' | 'hostname' | 'node-ips'>;
  /** Whether it gives one address per family of the Service. */
  readonly families: Cell<'one' | 'each'>;
  /**
   * `unset`: the status has none, and the apiserver makes it VIP. `as-forwarded`: what the data path does, which
   * differs from place to place.
   */
  readonly ipMode: Cell<'VIP' | 'Proxy' | 'unset' | 'as-forwarded'>;
  /** An annotation that makes it `Proxy`, as for the PROXY protocol; null: none does. */
  readonly proxyModeAnnotation: Cell<AnnotationMark> | null;
  /** An annotation whose value is the hostname that the status shows instead of addresses; null: none. */
  readonly hostnameAnnotation: Cell<string> | null;
  /** What makes a load balancer internal; null: nothing does. */
  readonly internalAnnotation: Cell<AnnotationMark> | null;
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
  /** How it asks nodes for their health; null: it does not. */
  readonly healthCheck: Cell<HealthCheck | null>;
}

/** An annotation of a Service that switches something on. */
export interface AnnotationMark {
  readonly key: string;
  /** The values that do, compared as they are; null: any that is not empty. */
  readonly values: readonly string[] | null;
}

export interface HealthCheck {
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly healthyThreshold: number;
  readonly unhealthyThreshold: number;
}
