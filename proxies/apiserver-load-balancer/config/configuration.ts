/** What `hop apiserver-lb` is told, known to make sense. */
import type { ClientConfig } from '../../kit/kubeconfig/client-config.ts';
import type { BalancerOptions, ImplementationName } from '../balancer.ts';
import type { Dataplane } from '../dataplane.ts';
import type { BackendEntry } from '../sources/entry.ts';

/** Where the list of backends comes from. */
export type Source =
  | { readonly kind: 'flags'; readonly entries: readonly BackendEntry[] }
  | { readonly kind: 'file'; readonly path: string }
  | {
      readonly kind: 'endpoint-slices';
      /** Until the cluster has said who they are. */
      readonly seeds: readonly BackendEntry[];
      readonly cluster: ClientConfig;
    };

export interface Configuration {
  readonly implementation: ImplementationName;
  /** Of `hop` alone. */
  readonly dataplane: Dataplane['kind'];
  readonly balancer: Omit<BalancerOptions, 'log'>;
  readonly source: Source;
  /** Empty: no admin server. */
  readonly adminBindAddress: string;
}
