/**
 * In a namespace: a client on one network with two load balancers, of which the second takes over the first one's
 * addresses. The client remembers neighbours for longer than the test lasts.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { callsTo } from '../../../kit/testing/calls.ts';
import { balancerMethods, type BalancerAgent } from '../../conformance/world/balancer-methods.ts';
import { ask } from '../../conformance/world/client.ts';
import { clientAddresses, pools } from '../../conformance/world/places.ts';
import type { Forwarding } from '../../forwarding.ts';

/** By family: who answered, as the node sees it; and whose hardware the client takes the address for. */
export interface Met {
  readonly answers: readonly string[];
  readonly hardware: readonly string[];
}

export interface TakeOverReport {
  readonly first: Met;
  /** When the first one's machine is off the network. */
  readonly remembered: readonly string[];
  readonly second: Met;
  /** What comes of asking the second, and nobody else, whether it still has the addresses. */
  readonly asked: readonly string[];
  readonly said: readonly string[];
}

const addresses = [
  { family: 'IPv4', address: '203.0.113.10' },
  { family: 'IPv6', address: '2001:db8:113::10' },
] as const;
const families = ['IPv4', 'IPv6'] as const;
const node = { IPv4: '192.0.2.21', IPv6: '2001:db8::21' } as const;
const nodePort = 30080;

const forwarding: Forwarding = {
  name: 'a1',
  service: 'default/shop',
  addresses,
  mode: 'Proxy',
  ports: [{ protocol: 'TCP', port: 80, nodePort }],
  targets: families.map((family) => ({ node: 'node', family, address: node[family] })),
  sourceRanges: [],
  sessionAffinity: 'None',
};

process.env.PATH = `${process.env.PATH ?? ''}:/usr/sbin:/sbin`;
const run = (line: string) => execFileSync('sh', ['-ec', line], { encoding: 'utf8' });

/** The client's machine is the bridge, and the node. */
run(`
mount -t tmpfs -o mode=755 tmpfs /run
for device in all default; do echo 0 > /proc/sys/net/ipv6/conf/$device/accept_dad; done
ip link set lo up
ip link add lan type bridge
ip link set lan up
for table in arp_cache ndisc_cache; do
  ip ntable change name $table dev lan base_reachable 3600000 delay_probe 3600000
done
ip address add ${clientAddresses.IPv4[0]}/24 dev lan
ip address add ${clientAddresses.IPv6[0]}/64 dev lan nodad
ip address add ${node.IPv4}/24 dev lan
ip address add ${node.IPv6}/64 dev lan nodad
ip route add ${pools.IPv4} dev lan
ip -6 route add ${pools.IPv6} dev lan
for number in 3 4; do
  ip netns add balancer-$number
  ip link add to-$number type veth peer name eth0 netns balancer-$number
  ip link set to-$number master lan up
  ip -netns balancer-$number link set lo up
  ip -netns balancer-$number link set eth0 up
  ip -netns balancer-$number address add 192.0.2.$number/24 dev eth0
  ip -netns balancer-$number address add 2001:db8::$number/64 dev eth0 nodad
done
`);

for (const family of families) {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', () => socket.write(`${socket.remoteAddress ?? ''}\n`));
  });
  await once(server.listen(nodePort, node[family]), 'listening');
}

async function startBalancer(name: string) {
  const main = fileURLToPath(new URL('../../conformance/world/balancer-main.ts', import.meta.url));
  const child = spawn('nsenter', [`--net=/run/netns/${name}`, process.execPath, main], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  await once(child, 'message');
  return callsTo<BalancerAgent>(child, balancerMethods);
}

const neighbours = () =>
  addresses.map(({ address }) => {
    const [, hardware = 'nobody'] =
      / lladdr (\S+)/.exec(run(`ip neighbour show ${address} dev lan`)) ?? [];
    return (
      ['balancer-3', 'balancer-4'].find((name) =>
        run(`ip -netns ${name} link show dev eth0`).includes(hardware),
      ) ?? hardware
    );
  });

async function askNeighbour(address: string): Promise<string> {
  run(`ip neighbour change ${address} dev lan nud probe`);
  for (;;) {
    const [state] = / (REACHABLE|FAILED)/.exec(run(`ip neighbour show ${address} dev lan`)) ?? [];
    if (state !== undefined) return state.trim();
    await delay(50);
  }
}

async function meet(): Promise<Met> {
  const answers = await Promise.all(
    addresses.map(({ address }) => ask({ protocol: 'TCP', to: address, port: 80 })),
  );
  return { answers, hardware: neighbours() };
}

const first = await startBalancer('balancer-3');
await first.start('nftables', 'eth0');
await first.replaceAll([forwarding]);
const metFirst = await meet();
run('ip link set to-3 down');
const remembered = neighbours();
const second = await startBalancer('balancer-4');
await second.start('nftables', 'eth0');
await second.replaceAll([forwarding]);
const metSecond = await meet();
const asked = await Promise.all(addresses.map(({ address }) => askNeighbour(address)));
const said = await second.said();
console.log(
  JSON.stringify({
    first: metFirst,
    remembered,
    second: metSecond,
    asked,
    said,
  } satisfies TakeOverReport),
);
process.exit(0);
