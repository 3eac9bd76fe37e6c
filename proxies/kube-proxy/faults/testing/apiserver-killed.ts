/** In a namespace: the apiserver is away when kube-proxy starts, and is killed between two pages of its list. */
import { openNftConnection } from '../../../kit/nftables/connection.ts';
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
const onceKilled = await tables();
await world.door.open();
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
