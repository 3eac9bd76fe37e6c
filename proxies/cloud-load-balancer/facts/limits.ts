/** What the dataplanes do not do alike: the list that the suite of conformance reads, too. */
import type { z } from 'zod';
import type { tableSchema } from '../../descriptor.ts';
import { dataplaneLimits } from '../nftables/limits.ts';

export const limits: z.input<typeof tableSchema> = {
  id: 'limits',
  describedAs: 'cloud-limits',
  columns: [
    { id: 'what', kind: 'words' },
    { id: 'userspace', kind: 'term' },
    { id: 'proxy', kind: 'term' },
    { id: 'vip', kind: 'term' },
  ],
  rows: dataplaneLimits.map(({ id, outcomes }) => ({
    id,
    cells: {
      userspace: outcomes.userspace,
      proxy: outcomes['nftables Proxy'],
      vip: outcomes['nftables VIP'],
    },
  })),
};
