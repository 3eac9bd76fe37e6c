/** What `hop cloud-lb` is told, known to make sense. */
import type { ClientConfig } from '../../kit/kubeconfig/client-config.ts';
import type { Dataplane, Forwarding } from '../forwarding.ts';
import type { AddressPool } from '../hop-cloud/addresses/pool.ts';
import type { HealthCheck, ProviderProfile } from '../profile.ts';

export interface Configuration {
  readonly cluster: ClientConfig;
  readonly clusterName: string;
  readonly concurrentServiceSyncs: number;
  /** Null: it serves without asking. */
  readonly election: Election | null;
  readonly profile: ProviderProfile;
  /** Instead of what the profile says. */
  readonly check: Partial<HealthCheck>;
  /** The annotation by which a Service chooses another; null: none does. */
  readonly providerAnnotation: string | null;
  /** Null: Services without a class. */
  readonly loadBalancerClass: string | null;
  readonly pools: readonly AddressPool[];
  readonly mode: Forwarding['mode'];
  readonly syncTimeoutMs: number;
  readonly dataplane: Dataplane['kind'];
  /** Where addresses are announced; null: found by the pool. */
  readonly interfaceName: string | null;
  readonly isPortMapping: boolean;
  /** Empty: no admin server. */
  readonly adminBindAddress: string;
  /** `-v` */
  readonly verbosity: number;
}

export interface Election {
  readonly lease: { readonly namespace: string; readonly name: string };
  readonly leaseDurationMs: number;
  readonly renewDeadlineMs: number;
  readonly retryPeriodMs: number;
}
