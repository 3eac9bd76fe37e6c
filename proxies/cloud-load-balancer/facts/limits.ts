/** What one dataplane does otherwise than the other. */
import type { z } from 'zod';
import type { tableSchema } from '../../descriptor.ts';

const dataplaneLimits = [
  { id: 'sctp', userspace: 'left-out', nftables: 'forwarded' },
  { id: 'vip', userspace: 'never', nftables: 'where-attached' },
  { id: 'outside-the-ranges', userspace: 'accepted-and-reset', nftables: 'dropped' },
  { id: 'needs', userspace: 'nothing-on-loopback', nftables: 'needs-root' },
] as const;

export const limits: z.input<typeof tableSchema> = {
  id: 'limits',
  describedAs: 'cloud-limits',
  columns: [
    { id: 'what', kind: 'words' },
    { id: 'userspace', kind: 'term' },
    { id: 'nftables', kind: 'term' },
  ],
  rows: dataplaneLimits.map(({ id, userspace, nftables }) => ({
    id,
    cells: { userspace, nftables },
  })),
};
