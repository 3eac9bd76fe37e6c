/** Nodes and their leases. */
import type { KubeObject } from '../../../proxies/kit/api/api-client.ts';
import type { Condition } from './meta.ts';

export interface Node extends KubeObject {
  readonly spec?: {
    readonly unschedulable?: boolean;
    readonly taints?: readonly Taint[];
  };
  readonly status?: {
    readonly conditions?: readonly Condition[];
    readonly allocatable?: Readonly<Record<string, string>>;
  };
}

export interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: string;
  readonly timeAdded?: string;
}

export const zoneLabel = 'topology.kubernetes.io/zone';

export function zoneOf(node: Node | undefined): string | undefined {
  return node?.metadata.labels?.[zoneLabel];
}
