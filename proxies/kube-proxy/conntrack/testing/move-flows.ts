/** In a namespace: flows that are told, and moved when their endpoint goes. */
import { createSocket } from 'node:dgram';
import {
  ask,
  connectTo,
  endpoints,
  layNatNetwork,
  moveTo,
  node,
  nodePort,
  servicePort,
  services,
} from '../../../kit/netlink/testing/nat-network.ts';
import type { ForwardedFlow } from '../../dataplane.ts';
import { deleteStaleUdp } from '../cleanup.ts';
import { watchFlows } from '../flows.ts';

const connection = await layNatNetwork();
const [first, second] = endpoints.IPv4;
const client = createSocket('udp4');
const client6 = createSocket('udp6');
const tcp = await connectTo(services.IPv4, servicePort);

/** From the same port each time: the same flows. */
const askBoth = async () => {
  await ask(client, services.IPv4, servicePort);
  await ask(client, node.IPv4, nodePort);
};
const told: ForwardedFlow[] = [];
const listener = watchFlows('IPv4', (flow) => told.push(flow));
const listener6 = watchFlows('IPv6', (flow) => told.push(flow));
await Promise.all([listener.ready, listener6.ready]);
await askBoth();
await ask(client6, services.IPv6, servicePort);
await untilTold(3);

const cleanUp = (servingIPs: readonly string[]) =>
  deleteStaleUdp({
    family: 'IPv4',
    ports: [
      {
        key: 'IPv4 default/web:/UDP',
        addresses: [services.IPv4],
        port: servicePort,
        nodePort,
        servingIPs: new Set(servingIPs),
      },
    ],
    nodeIPs: [node.IPv4],
  });

const whileItServes = (await cleanUp([first, second])).deleted;
await moveTo(connection, second);
await askBoth();
const toldBeforeCleanup = told.length;
const onceItIsGone = (await cleanUp([second])).deleted;
await askBoth();
await untilTold(5);
const onceNoneIsLeft = (await cleanUp([])).deleted;
const withoutPorts = await deleteStaleUdp({ family: 'IPv4', ports: [], nodeIPs: [] });

// The TCP connection is the same all the time.
tcp.write('still here');
const echoed = await new Promise<string>((resolve) => {
  tcp.once('data', (data) => resolve(data.toString()));
});

listener[Symbol.dispose]();
listener6[Symbol.dispose]();
const endedBeforeReady = watchFlows('IPv4', () => undefined);
endedBeforeReady[Symbol.dispose]();
await endedBeforeReady.ready;

console.log(
  JSON.stringify({
    told: told.map(({ source, ...flow }) => ({ ...flow, source: source.replace(/\d+$/, 'PORT') })),
    toldBeforeCleanup,
    whileItServes,
    onceItIsGone,
    onceNoneIsLeft,
    withoutPorts,
    echoed,
  }),
);
process.exit(0);

async function untilTold(count: number): Promise<void> {
  while (told.length < count) await new Promise(setImmediate);
}
