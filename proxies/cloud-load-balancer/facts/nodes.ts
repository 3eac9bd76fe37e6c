/** Which nodes a load balancer is given (specification 5.2): health checks choose among these. */
import type { z } from 'zod';
import type { tableSchema } from '../../descriptor.ts';
import type { Node } from '../service.ts';

export interface NodeRule {
  readonly id: string;
  /** Where it is written. */
  readonly mark: string;
  /** A node that is so, beside its name. */
  readonly node: Omit<Node, 'metadata'> & { readonly metadata?: Partial<Node['metadata']> };
  readonly isIncluded: boolean;
}

export const exclusionLabel = 'node.kubernetes.io/exclude-from-external-load-balancers';
/** The cluster autoscaler's, on a node that is about to go. */
export const goingTaint = 'ToBeDeletedByClusterAutoscaler';
const notReady = 'node.kubernetes.io/not-ready';

export const nodeRules = [
  { id: 'any', mark: '', node: {}, isIncluded: true },
  {
    id: 'not-ready',
    mark: notReady,
    node: { spec: { taints: [{ key: notReady, effect: 'NoExecute' }] } },
    isIncluded: true,
  },
  {
    id: 'excluded',
    mark: exclusionLabel,
    node: { metadata: { labels: { [exclusionLabel]: '' } } },
    isIncluded: false,
  },
  {
    id: 'not-excluded',
    mark: `${exclusionLabel}: "false"`,
    node: { metadata: { labels: { [exclusionLabel]: 'false' } } },
    isIncluded: true,
  },
  {
    id: 'being-deleted',
    mark: 'metadata.deletionTimestamp',
    node: { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } },
    isIncluded: false,
  },
  {
    id: 'going',
    mark: goingTaint,
    node: { spec: { taints: [{ key: goingTaint, effect: 'NoSchedule' }] } },
    isIncluded: false,
  },
] as const satisfies readonly NodeRule[];

export const nodes: z.input<typeof tableSchema> = {
  id: 'nodes',
  columns: [
    { id: 'node', kind: 'words' },
    { id: 'mark', kind: 'code' },
    { id: 'included', kind: 'yes-no' },
  ],
  rows: nodeRules.map(({ id, mark, isIncluded }) => ({
    id,
    cells: { mark, included: isIncluded },
  })),
};
