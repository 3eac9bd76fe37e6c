/** Which endpoints count (specification 3.8), as rules in the order in which they are asked. */
import type { z } from 'zod';
import type { tableSchema } from '../../descriptor.ts';

export const selection = {
  id: 'selection',
  columns: [
    { id: 'when', kind: 'words' },
    { id: 'cluster', kind: 'words' },
    { id: 'local', kind: 'words' },
  ],
  rows: [
    { id: 'ready', cells: { condition: 'ready' } },
    { id: 'node-hints', cells: { field: 'hints.forNodes' } },
    {
      id: 'zone-hints',
      cells: { field: 'hints.forZones', label: 'topology.kubernetes.io/zone' },
    },
    { id: 'terminating', cells: { conditions: ['serving', 'terminating'] } },
    { id: 'none', cells: {} },
    { id: 'twice', cells: { condition: 'terminating' } },
  ],
} as const satisfies z.input<typeof tableSchema>;
