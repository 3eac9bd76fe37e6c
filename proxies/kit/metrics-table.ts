/** Metrics as a table of facts. */
import type { z } from 'zod';
import type { metricSchema, tableSchema } from '../descriptor.ts';

/**
 * @param prefix what all their names begin with; it is no part of the rows' ids
 * @example metricsTable(metrics, 'kubeproxy_') // kubeproxy_proxy_livez_total is in the row proxy-livez-total
 */
export function metricsTable(
  metrics: readonly z.input<typeof metricSchema>[],
  prefix: string,
): z.input<typeof tableSchema> {
  return {
    id: 'metrics',
    columns: [
      { id: 'name', kind: 'code' },
      { id: 'type', kind: 'text' },
      { id: 'labels', kind: 'code' },
      { id: 'says', kind: 'words' },
    ],
    rows: metrics.map(({ name, type, labels }) => ({
      id: name.replace(prefix, '').replaceAll('_', '-'),
      cells: { name, type, labels: [...labels] },
    })),
  };
}
