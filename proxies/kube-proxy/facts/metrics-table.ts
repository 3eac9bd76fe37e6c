/** The metrics as a table. */
import type { z } from 'zod';
import type { tableSchema } from '../../descriptor.ts';
import { metrics } from './metrics.ts';

export const metricsTable: z.input<typeof tableSchema> = {
  id: 'metrics',
  columns: [
    { id: 'name', kind: 'code' },
    { id: 'type', kind: 'text' },
    { id: 'labels', kind: 'code' },
    { id: 'says', kind: 'words' },
  ],
  rows: metrics.map(({ name, type, labels }) => ({
    id: metricRow(name),
    cells: { name, type, labels: [...labels] },
  })),
};

/** @example metricRow('kubeproxy_proxy_livez_total') // 'proxy-livez-total' */
function metricRow(name: string): string {
  return name.replace(/^kubeproxy_/, '').replaceAll('_', '-');
}
