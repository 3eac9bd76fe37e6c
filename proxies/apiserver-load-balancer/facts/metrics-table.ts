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

/** @example metricRow('apiserver_lb_dials_retried_total') // 'dials-retried-total' */
function metricRow(name: string): string {
  return name.replace(/^apiserver_lb_/, '').replaceAll('_', '-');
}
