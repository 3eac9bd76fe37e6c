/** In a namespace: Services with many endpoints, and slices that go while connections use them. */
import { setImmediate as turn } from 'node:timers/promises';
import { nextSync } from '../../testing/start-world.ts';
import { paths, service, slice } from '../../testing/objects.ts';
import { endpointIPs, openFaultWorld, serviceIP } from './fault-world.ts';

await using world = await openFaultWorld();
const { apiserver, traffic } = world;
/** In slices of 100, as the controller makes them. */
const putEndpoints = (index: number, addresses: readonly string[]) => {
  apiserver.put(paths.services, service(`web-${index}`, serviceIP(index)));
  for (let from = 0; from < addresses.length; from += 100) {
    const one = slice(`web-${index}`, addresses.slice(from, from + 100));
    const metadata = { ...one.metadata, name: `web-${index}-${from}` };
    apiserver.put(paths.slices, { ...one, metadata });
  }
};
const most = endpointIPs(1, 250);
putEndpoints(1, most);
// More than one transaction takes, in slices of other Services, and in those of one alone.
for (let index = 2; index <= 12; index++) putEndpoints(index, endpointIPs(index, 250));
const thousands = [20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31].flatMap((at) =>
  endpointIPs(at, 250),
);
putEndpoints(20, thousands);
const proxy = await world.start();
await proxy.synced;

const reached = (index: number, count: number) => {
  const ends = Array.from({ length: count }, () => traffic.connect(serviceIP(index)));
  return new Set(ends.filter((end) => end.startsWith('10.64.')));
};
const of250 = reached(1, 6000).size;
const ofOthers = [2, 7, 12].filter((index) => reached(index, 20).size > 1).length;
const of3000 = reached(20, 200).size;

traffic.keep(serviceIP(1), 100);
const gone = nextSync(proxy, ({ changed }) => changed === 1);
apiserver.remove(paths.slices, 'default/web-1-0');
await gone;
const left = reached(1, 3000);
const isGone = most.slice(0, 100).every((address) => !left.has(`${address}:8080`));
for (const from of [100, 200]) apiserver.remove(paths.slices, `default/web-1-${from}`);
// Two slices go in two changes.
while (traffic.connect(serviceIP(1)) !== 'ECONNREFUSED') await turn();
console.log(
  JSON.stringify({
    of250,
    ofOthers,
    of3000,
    isGone,
    left: left.size,
    echoing: traffic.echoing(),
  }),
);
process.exit(0);
