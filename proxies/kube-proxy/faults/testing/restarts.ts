/** In a namespace: kube-proxy is killed and started again, with connections that live, and new ones all the time. */
import { nodeNetwork } from '../../../kit/testing/node-network.ts';
import { startProxyProcess } from '../../testing/proxy-process.ts';
import { openFaultWorld } from './fault-world.ts';

await using world = await openFaultWorld();
const { traffic, door } = world;
const addresses = Array.from({ length: 20 }, (_, index) => world.serve(index + 1, 3));
const options = { server: door.url, podCIDRs: nodeNetwork.podCIDRs, minSyncPeriodMs: 0 };
const first = await startProxyProcess(options);
for (const address of addresses) traffic.keep(address, 5);

const load = traffic.load(addresses);
await first.kill();
const second = await startProxyProcess(options);
const echoingOnceKilled = traffic.echoing();
await second[Symbol.asyncDispose]();
// What changes while nobody looks is found by the next.
const added = world.serve(99, 2);
const third = await startProxyProcess(options);
const echoingOnceEnded = traffic.echoing();
const addedReaches = traffic.connect(added);
const restarts = await load.stop();

// Without an apiserver, too, what was written stays.
await third.kill();
door.close();
const starting = startProxyProcess(options);
const alone = traffic.load(addresses);
for (let turn = 0; turn < 200; turn++) await new Promise(setImmediate);
const withoutApiserver = await alone.stop();
await door.open();
const fourth = await starting;
const echoingAtLast = traffic.echoing();
await fourth[Symbol.asyncDispose]();
console.log(
  JSON.stringify({
    restarts,
    withoutApiserver,
    echoing: [echoingOnceKilled, echoingOnceEnded, echoingAtLast],
    addedReaches,
  }),
);
process.exit(0);
