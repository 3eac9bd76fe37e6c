/** The modes there are and were, with the versions of Kubernetes they came and went with (specification 3.1). */
import type { z } from 'zod';
import type { tableSchema } from '../../descriptor.ts';

export const modes = {
  id: 'modes',
  columns: [
    { id: 'mode', kind: 'code' },
    { id: 'how', kind: 'words' },
    { id: 'upstream', kind: 'words' },
    { id: 'ours', kind: 'yes-no' },
  ],
  rows: [
    {
      id: 'nftables',
      cells: {
        mode: 'nftables',
        ours: true,
        alpha: '1.29',
        beta: '1.31',
        stable: '1.33',
        kernel: '5.13',
        nft: '1.0.1',
      },
    },
    { id: 'userspace', cells: { mode: 'userspace', ours: true, until: '1.26' } },
    { id: 'iptables', cells: { mode: 'iptables', ours: false, version: '1.36' } },
    { id: 'ipvs', cells: { mode: 'ipvs', ours: false, deprecated: '1.35' } },
    { id: 'kernelspace', cells: { mode: 'kernelspace', ours: false } },
  ],
} as const satisfies z.input<typeof tableSchema>;
