/** What the nftables dataplane cannot do as userspace does it: the list that the suite of conformance reads, too. */
import type { z } from 'zod';
import type { tableSchema } from '../../descriptor.ts';
import { nftablesLimits } from '../nftables/limits.ts';

export const limits: z.input<typeof tableSchema> = {
  id: 'limits',
  describedAs: 'balancer-limits',
  columns: [
    { id: 'what', kind: 'words' },
    { id: 'userspace', kind: 'term' },
    { id: 'nftables', kind: 'term' },
  ],
  rows: nftablesLimits.map(({ id, userspace, nftables }) => ({
    id,
    cells: { userspace, nftables },
  })),
};
