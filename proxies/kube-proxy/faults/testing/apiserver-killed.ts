/** In a namespace: the apiserver is away when kube-proxy starts, and is killed between two pages of its list. */
import { openNftConnection } from '../../../kit/nftables/connection.ts';
import { setImmediate as turn } from 'node:timers/promises';
import { paths } from '../../testing/objects.ts';
import { openFaultWorld } from './fault-world.ts';

await using world = await openFaultWorld(5);
await using nft = await openNftConnection();
const addresses = Array.from({ length: 20 }, (_, index) => world.serve(index + 1, 2));
const tables = async () => (await nft.run('list tables')).trim();

world.door.close();
const proxy = await world.start();
const whileAway = await tables();
const isKilled = world.door.closeAt(
  (request) => request.includes('endpointslices') && request.includes('continue='),
);
await world.door.open();
await isKilled;
const pagesBefore = world.apiserver.requests.filter((request) => request.includes('limit=')).length;
// Its Services come, its slices do not.
world.apiserver.refuse(paths.slices, 503);
await world.door.open();
await world.apiserver.untilWatched(paths.services);
for (let turns = 0; turns < 100; turns++) await turn();
const onceKilled = await tables();
world.apiserver.refuse(paths.slices, 0);
await proxy.synced;
const reached = addresses.map((address) => world.traffic.connect(address));

world.traffic.keep(addresses[0] ?? '', 10);
world.door.close();
const withoutApiserver = addresses.map((address) => world.traffic.connect(address));
console.log(
  JSON.stringify({
    whileAway,
    pagesBefore,
    onceKilled,
    reached,
    withoutApiserver,
    echoing: world.traffic.echoing(),
  }),
);
process.exit(0);
