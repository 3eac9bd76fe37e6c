/** What the admin server tells of, asked anew for each answer. */
import type { Configuration } from '../config/configuration.ts';
import type { RunningController } from '../controller/service-controller.ts';
import type { DoorPlace } from '../doors/door.ts';
import type { LoadBalancerView } from '../hop-cloud/options.ts';
import type { FlowCounts } from './flow-counts.ts';
import type { ProviderErrors } from './provider-errors.ts';

/**
 * `connecting`: the cluster has not answered yet. `standing-by`: another holds the Lease. `starting`: Services and
 * nodes are read.
 */
export type Stage = 'connecting' | 'standing-by' | 'starting' | 'serving' | 'stopping';

/** What of the configuration it tells. */
export type ShownConfiguration = Pick<
  Configuration,
  'clusterName' | 'profile' | 'dataplane' | 'mode' | 'pools'
> & { readonly election: Pick<NonNullable<Configuration['election']>, 'lease'> | null };

export interface AdminView {
  readonly configuration: ShownConfiguration;
  readonly stage: () => Stage;
  readonly loadBalancers: () => readonly LoadBalancerView[];
  /** Of the load balancer of this name. */
  readonly doors: (name: string) => readonly DoorPlace[];
  /** Null before it leads. */
  readonly controller: () => Pick<RunningController, 'metrics' | 'queues'> | null;
  readonly errors: ProviderErrors;
  /** Null where nobody knows. */
  readonly flows: FlowCounts | null;
}
