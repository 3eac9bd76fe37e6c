/** The chains of the table, in the order in which a new connection meets them; in a test, held against the layout. */
import type { z } from 'zod';
import type { tableSchema } from '../../descriptor.ts';

const base: Readonly<Record<string, readonly [hook: string, priority: number]>> = {
  'filter-prerouting-pre-dnat': ['filter prerouting', -110],
  'filter-output-pre-dnat': ['filter output', -110],
  'nat-prerouting': ['nat prerouting', -100],
  'nat-output': ['nat output', -100],
  'filter-input': ['filter input', 0],
  'filter-forward': ['filter forward', 0],
  'filter-output': ['filter output', 0],
  'nat-postrouting': ['nat postrouting', 100],
};

const steps: readonly { readonly id: string; readonly chains: readonly string[] }[] = [
  { id: 'before', chains: ['filter-prerouting-pre-dnat', 'filter-output-pre-dnat'] },
  { id: 'firewall', chains: ['firewall-check'] },
  { id: 'nat', chains: ['nat-prerouting', 'nat-output'] },
  { id: 'services', chains: ['services'] },
  { id: 'mark-external', chains: ['mark-external'] },
  { id: 'external-local', chains: ['external-local-ips', 'external-local-nodeports'] },
  {
    id: 'affinity',
    chains: ['affinity-3', 'affinity-local-3', 'affinity-nodeport-3', 'affinity-local-nodeport-3'],
  },
  { id: 'pick', chains: ['pick-3', 'pick-local-3', 'pick-nodeport-3', 'pick-local-nodeport-3'] },
  { id: 'filter', chains: ['filter-input', 'filter-forward', 'filter-output'] },
  { id: 'no-endpoints', chains: ['service-endpoints-check', 'nodeport-endpoints-check'] },
  { id: 'cluster-ips', chains: ['cluster-ips-check'] },
  { id: 'reject', chains: ['reject-chain'] },
  { id: 'postrouting', chains: ['nat-postrouting'] },
  { id: 'masquerading', chains: ['masquerading'] },
  { id: 'remember', chains: ['remember-10800'] },
];

export const chains: z.input<typeof tableSchema> = {
  id: 'chains',
  columns: [
    { id: 'chains', kind: 'code' },
    { id: 'hook', kind: 'code' },
    { id: 'priority', kind: 'text' },
    { id: 'what', kind: 'words' },
  ],
  rows: steps.map(({ id, chains: names }) => {
    const hooks = names
      .flatMap((name) => base[name] ?? [])
      .filter((one) => typeof one === 'string');
    const [priority = ''] = names.map((name) => base[name]?.[1]).filter((one) => one !== undefined);
    return { id, cells: { chains: [...names], hook: hooks, priority } };
  }),
};
