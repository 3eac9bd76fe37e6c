/** Questions of those who look after a node, and the command that answers each. */
import type { z } from 'zod';
import type { tableSchema } from '../../descriptor.ts';

const commands = {
  'whose-address': "nft get element ip kube-proxy service-ips '{ 10.96.0.10 . tcp . 80 }'",
  'where-to': "nft list map ip kube-proxy tcp-endpoints | grep '10.96.0.10 '",
  'node-ports': 'nft list map ip kube-proxy service-nodeports',
  refused: 'nft list map ip kube-proxy no-endpoint-services',
  guarded: 'nft list set ip kube-proxy firewall-allowed',
  sticky: 'nft list map ip kube-proxy affinity',
  masqueraded: 'nft list map ip kube-proxy external-ips',
  connection: 'conntrack -L --orig-dst 10.96.0.10',
  changes: 'nft monitor elements',
  all: 'nft list table ip6 kube-proxy',
} as const;

export const questions: z.input<typeof tableSchema> = {
  id: 'questions',
  columns: [
    { id: 'question', kind: 'words' },
    { id: 'command', kind: 'code' },
    { id: 'answer', kind: 'words' },
  ],
  rows: Object.entries(commands).map(([id, command]) => ({ id, cells: { command } })),
};
