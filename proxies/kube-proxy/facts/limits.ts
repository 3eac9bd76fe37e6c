/** What the userspace mode cannot do as the kernel does it: the list that the suite of conformance reads, too. */
import type { z } from 'zod';
import type { tableSchema } from '../../descriptor.ts';
import { userspaceLimits } from '../userspace/limits.ts';

export const limits: z.input<typeof tableSchema> = {
  id: 'limits',
  columns: [
    { id: 'protocols', kind: 'code' },
    { id: 'where', kind: 'words' },
    { id: 'nftables', kind: 'words' },
    { id: 'userspace', kind: 'words' },
  ],
  rows: userspaceLimits.map(({ id, protocols }) => ({ id, cells: { protocols: [...protocols] } })),
};
