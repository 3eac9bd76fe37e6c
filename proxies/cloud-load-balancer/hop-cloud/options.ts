/** What the hop cloud is made of. */
import type { Clock } from '../../kit/clock.ts';
import type { Dataplane, ForwardedFlow, Forwarding, Target } from '../forwarding.ts';
import type { HealthCheck, ProviderProfile } from '../profile.ts';
import type { Provider, TellEvent } from '../provider.ts';
import type { Service } from '../service.ts';
import type { Health } from './checks/health.ts';

export interface HopCloudOptions {
  /** It stays its giver's: end it after the cloud. */
  readonly dataplane: Dataplane;
  /** CIDRs or ranges `a-b`, of both families; an earlier one is used up first. */
  readonly addressPools: readonly string[];
  /** Addresses in the pools that are somebody else's. */
  readonly reservedAddresses?: readonly string[];
  /** The cloud that a Service is served by. */
  readonly profileOf: (service: Service) => ProviderProfile;
  /** How packets arrive at nodes, for profiles that leave it open. */
  readonly ipMode: Forwarding['mode'];
  /** Instead of what the profiles say. */
  readonly check?: CheckOverrides;
  /** What it is called: `hop`. */
  readonly name?: string;
  readonly clock?: Clock;
  readonly tell: TellEvent;
  readonly log: (line: string) => void;
}

export interface CheckOverrides extends Partial<HealthCheck> {
  /** Where kube-proxy answers for the whole node: 10256. */
  readonly port?: number;
}

export interface HopCloud extends Provider {
  loadBalancers(): readonly LoadBalancerView[];
  /** As the dataplane's. */
  onFlow(listener: (flow: ForwardedFlow) => void): Disposable & { readonly ready: Promise<void> };
}

/** A load balancer as administrators and the laboratory see it. */
export interface LoadBalancerView {
  /** `namespace/name` */
  readonly service: string;
  readonly name: string;
  /** The profile's id. */
  readonly profile: string;
  /** The name that the status shows in place of the addresses. */
  readonly hostname: string | null;
  readonly addresses: readonly string[];
  readonly mode: Forwarding['mode'];
  readonly ports: Forwarding['ports'];
  /** All nodes that it knows, and whether they get packets. */
  readonly targets: readonly (Target & { readonly health: Health; readonly isUsed: boolean })[];
}
