/** The two ways of a packet to a node: what `ipMode` in the status tells (specification 5.3, KEP-1860). */
import type { z } from 'zod';
import type { tableSchema } from '../../descriptor.ts';
import type { LoadBalancerIngress } from '../service.ts';
import { clouds } from './clouds.ts';

type Mode = NonNullable<LoadBalancerIngress['ipMode']>;

/** Where what the one does is not what the other does: the words’ names. */
const rows = {
  destination: { VIP: 'address', Proxy: 'node-port' },
  source: { VIP: 'client', Proxy: 'load-balancer' },
  answer: { VIP: 'straight', Proxy: 'same-way' },
  pods: { VIP: 'short-cut', Proxy: 'through-load-balancer' },
  ranges: { VIP: 'both', Proxy: 'load-balancer-alone' },
  'node-ports': { VIP: 'not-needed', Proxy: 'needed' },
  network: { VIP: 'attached', Proxy: 'any-way' },
} as const satisfies Readonly<Record<string, Readonly<Record<Mode, string>>>>;

export const ipModes: z.input<typeof tableSchema> = {
  id: 'ip-modes',
  columns: [
    { id: 'what', kind: 'words' },
    { id: 'vip', kind: 'term' },
    { id: 'proxy', kind: 'term' },
  ],
  note: { providers: titlesOf('Proxy') },
  rows: Object.entries(rows).map(([id, { VIP, Proxy }]) => ({
    id,
    cells: { vip: VIP, proxy: Proxy },
  })),
};

/** Those that say so in the status of each Service. */
function titlesOf(mode: Mode): string[] {
  return clouds.filter(({ ipMode }) => ipMode.value === mode).map(({ title }) => title);
}
