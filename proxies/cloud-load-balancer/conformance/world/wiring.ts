/**
 * How the world is wired: a router with two bridges, the load balancer on both, the client on the one and the nodes
 * on the other. The first process has the client's network namespace for its own.
 */
import { legs, nodeAddress, nodeNumbers, pools, routerAddresses, served } from './places.ts';
import { balancerAddresses, type Leg, type NodeNumber } from './places.ts';

/** For a shell in new user, network, mount and process namespaces. */
export function worldScript(): string {
  const machines = [...new Set(legs.map(({ machine }) => machine))];
  return [
    'PATH=$PATH:/usr/sbin:/sbin',
    'mount -t tmpfs -o mode=755 tmpfs /run',
    ...settings,
    ...machines.filter((name) => name !== 'client').map((name) => `ip netns add ${name}`),
    'ip netns add router',
    ...[...machines, 'router']
      .filter((name) => name !== 'client')
      .map((name) => `nsenter --net=/run/netns/${name} sh -ec '${settings.join('; ')}'`),
    `nsenter --net=/run/netns/router sh -ec '${forwarding.join('; ')}'`,
    ...Object.entries(routerAddresses).flatMap(([device, { IPv4, IPv6 }]) => [
      `ip -netns router link add name ${device} type bridge`,
      `ip -netns router link set ${device} up`,
      `ip -netns router address add ${IPv4}/24 dev ${device}`,
      `ip -netns router address add ${IPv6}/64 dev ${device} nodad`,
    ]),
    'ip link set lo up',
    ...legs.flatMap(cable),
    ...machines.flatMap(ways),
    `ip -netns router route add ${pools.IPv4} via ${balancerAddresses.outside.IPv4}`,
    `ip -netns router -6 route add ${pools.IPv6} via ${balancerAddresses.outside.IPv6}`,
    ...nodeNumbers.map(
      (number) =>
        `nsenter --net=/run/netns/node-${number} nft -f - <<'END'\n${nodeRules(number)}END`,
    ),
    '',
  ].join('\n');
}

function cable({ machine, device, addresses }: Leg): readonly string[] {
  const own = machine === 'client' ? '' : `-netns ${machine} `;
  const inside = machine === 'client' ? '1' : machine;
  const end = `${device.slice(0, 3)}-${machine}`;
  return [
    `ip -netns router link add ${end} type veth peer name ${device} netns ${inside}`,
    `ip -netns router link set ${end} master ${device} up`,
    `ip ${own}link set lo up`,
    ...addresses.IPv4.map((address) => `ip ${own}address add ${address}/24 dev ${device}`),
    ...addresses.IPv6.map((address) => `ip ${own}address add ${address}/64 dev ${device} nodad`),
    `ip ${own}link set ${device} up`,
  ];
}

/** Everybody's default way is over the router; the load balancer's over the outside. */
function ways(machine: Leg['machine']): readonly string[] {
  const own = machine === 'client' ? '' : `-netns ${machine} `;
  const { IPv4, IPv6 } = routerAddresses[machine.startsWith('node') ? 'cluster' : 'outside'];
  return [`ip ${own}route add default via ${IPv4}`, `ip ${own}-6 route add default via ${IPv6}`];
}

/** What kube-proxy does on a node for addresses of load balancers. */
function nodeRules(number: NodeNumber): string {
  const rules = (ip: 'ip' | 'ip6', pool: string, address: string) =>
    served.map(
      ({ protocol, port, nodePort }) =>
        `${ip} daddr ${pool} ${protocol.toLowerCase()} dport ${port} dnat to ${address}:${nodePort}\n`,
    );
  const table = (ip: 'ip' | 'ip6', lines: readonly string[]) =>
    `table ${ip} services {\nchain prerouting {\ntype nat hook prerouting priority -100\n${lines.join('')}}\n}\n`;
  return (
    table('ip', rules('ip', pools.IPv4, nodeAddress(number, 'IPv4'))) +
    table('ip6', rules('ip6', pools.IPv6, `[${nodeAddress(number, 'IPv6')}]`))
  );
}

/** Before there are devices, which take them over. Errors are told each time: no limit of ICMP. */
const settings = [
  ...['all', 'default'].flatMap((device) => [
    set(`ipv4/conf/${device}/rp_filter`, 0),
    set(`ipv6/conf/${device}/accept_dad`, 0),
    set(`ipv6/conf/${device}/accept_ra`, 0),
  ]),
  set('ipv4/icmp_ratelimit', 0),
  set('ipv4/icmp_ratemask', 0),
  set('ipv6/icmp/ratelimit', 0),
];

const forwarding = [set('ipv4/ip_forward', 1), set('ipv6/conf/all/forwarding', 1)];

function set(name: string, value: number): string {
  return `echo ${value} > /proc/sys/net/${name}`;
}
