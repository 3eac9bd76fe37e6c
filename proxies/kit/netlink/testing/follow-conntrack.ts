/** In a namespace: what conntrack lists, deletes and tells. */
import { createSocket } from 'node:dgram';
import type { ConntrackEntry } from '../conntrack-entry.ts';
import { deleteConntrack, listConntrack, watchDestinationNat } from '../conntrack.ts';
import {
  ask,
  connectTo,
  endpointPort,
  endpoints,
  layNatNetwork,
  node,
  nodePort,
  servicePort,
  services,
} from './nat-network.ts';

await layNatNetwork();
const told: ConntrackEntry[] = [];
const watches = await Promise.all(
  (['IPv4', 'IPv6'] as const).map((family) =>
    watchDestinationNat(family, (entry) => told.push(entry)),
  ),
);

const client = createSocket('udp4');
const client6 = createSocket('udp6');
// Not translated: never told.
await ask(client, endpoints.IPv4[1], endpointPort);
await ask(client, services.IPv4, servicePort);
await ask(client, node.IPv4, nodePort);
await ask(client6, services.IPv6, servicePort);
const tcp = await connectTo(services.IPv4, servicePort);
while (told.length < 4) await new Promise(setImmediate);

const udp = await listed('IPv4', 'UDP');
const otherProtocols = { tcp: await listed('IPv4', 'TCP'), udp6: await listed('IPv6', 'UDP') };
const translated = udp.filter(({ original }) => original.destination === services.IPv4);
const deleted = [await deleteConntrack(translated), await deleteConntrack(translated)];
const afterDelete = await listed('IPv4', 'UDP');
const tcpAfterDelete = await listed('IPv4', 'TCP');

for (const watch of watches) watch[Symbol.dispose]();
tcp.destroy();
await ask(client, services.IPv4, servicePort);

console.log(JSON.stringify({ told, udp, otherProtocols, deleted, afterDelete, tcpAfterDelete }));
process.exit(0);

async function listed(
  family: ConntrackEntry['family'],
  protocol: ConntrackEntry['protocol'],
): Promise<readonly ConntrackEntry[]> {
  const entries: ConntrackEntry[] = [];
  for await (const batch of listConntrack({ family, protocol })) entries.push(...batch);
  return entries;
}
