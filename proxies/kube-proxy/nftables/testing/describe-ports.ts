/** In a namespace: what a Service with affinity, and one without, cause in the kernel's rules. */
import { openNftConnection } from '../../../kit/nftables/connection.ts';
import type { Family, ServicePortState } from '../../service-port.ts';
import { describePorts } from '../describe.ts';
import { createNftablesDataplane } from '../nftables-dataplane.ts';
import { port } from './port.ts';

const sticky = port({
  name: 'sticky',
  clusterIP: '172.30.0.41',
  nodePort: 30_080,
  cluster: ['10.180.0.1', '10.180.0.2'],
  affinitySeconds: 600,
});
const plain = port({
  name: 'plain',
  clusterIP: '172.30.0.42',
  cluster: ['10.180.0.1', '10.180.0.2', '10.180.0.3'],
});
const inIPv6 = port({
  name: 'sticky',
  family: 'IPv6',
  clusterIP: 'fd00:172::41',
  cluster: ['fd00:180::1'],
  affinitySeconds: 600,
});

await using connection = await openNftConnection();
await load('IPv4', [sticky, plain]);
await load('IPv6', [inIPv6]);
console.log(
  JSON.stringify({
    sticky: await describePorts(connection, 'IPv4', [sticky]),
    plain: await describePorts(connection, 'IPv4', [plain]),
    inIPv6: await describePorts(connection, 'IPv6', [inIPv6]),
    none: await describePorts(connection, 'IPv4', []),
  }),
);

async function load(family: Family, changed: readonly ServicePortState[]): Promise<void> {
  await using dataplane = await createNftablesDataplane({
    family,
    podCIDRs: [],
    nodePortIPs: null,
    nodeIPs: [],
    masqueradeBit: 14,
    masqueradeAll: false,
    log: () => undefined,
    connection,
  });
  await dataplane.sync({ changed, removed: [], serviceCIDRs: [] });
}
