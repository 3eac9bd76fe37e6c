/** In a namespace: what the commands of the page print, with a few Services of every kind in both tables. */
import { execFileSync } from 'node:child_process';
import { openNftConnection } from '../../../kit/nftables/connection.ts';
import type { DataplaneOptions } from '../../dataplane.ts';
import { createNftablesDataplane } from '../../nftables/nftables-dataplane.ts';
import { service } from '../proofs/made-service.ts';
import { questions } from '../questions.ts';

const shared = {
  nodePortIPs: null,
  masqueradeBit: 14,
  masqueradeAll: false,
  log: () => undefined,
} as const satisfies Partial<DataplaneOptions>;
const others = { removed: [], serviceCIDRs: [] };
/** The address that the commands ask for. */
const asked = { ...service(9, 3), clusterIP: '10.96.0.10' };

await using connection = await openNftConnection();
await using ipv4 = await createNftablesDataplane({
  ...shared,
  family: 'IPv4',
  podCIDRs: ['10.244.0.0/16'],
  nodeIPs: ['172.30.0.21'],
  connection,
});
await using ipv6 = await createNftablesDataplane({
  ...shared,
  family: 'IPv6',
  podCIDRs: ['fd00:10:244::/48'],
  nodeIPs: ['fd00:172:30::21'],
  connection,
});
const empty = { key: 'IPv4 shop/returns:http/TCP', name: 'returns', clusterIP: '10.96.1.1' };
await ipv4.sync({
  ...others,
  changed: [
    {
      ...asked,
      nodePort: 30_080,
      loadBalancerIPs: ['203.0.113.1'],
      sourceRanges: ['192.0.2.0/24'],
    },
    { ...service(10, 0), ...empty },
    { ...service(11, 3), affinitySeconds: 10_800 },
  ],
});
await ipv6.sync({ ...others, changed: [] });

const answers = questions.rows.map(({ id, cells }) => {
  const command = String(cells.command);
  // It ends by a signal alone, and conntrack-tools may not be there.
  if (/^(?:nft monitor|conntrack)/.test(command)) return [id, ''];
  return [id, execFileSync('sh', ['-c', command], { encoding: 'utf8' })];
});
console.log(JSON.stringify(Object.fromEntries(answers)));
