/**
 * How the world is wired. The first process has the client's network namespace for its own; the router and all
 * other machines have namespaces with names.
 */
import { places, type Place } from './places.ts';

/** For a shell in new user, network, mount and process namespaces. */
export function worldScript(): string {
  return [
    'PATH=$PATH:/usr/sbin:/sbin',
    'mount -t tmpfs -o mode=755 tmpfs /run',
    ...settings,
    // Each machine is its own: the first has its namespace already.
    ...Object.values(places).flatMap(({ machine }) =>
      machine === 'client' ? [] : [`ip netns add ${machine}`],
    ),
    'ip netns add router',
    `nsenter --net=/run/netns/router sh -ec '${[...settings, ...forwarding].join('; ')}'`,
    'ip -netns router link set lo up',
    ...Object.values(places).flatMap(cable),
    '',
  ].join('\n');
}

/** Keeps the cable of a machine silent, both ways, without a word to anybody; or no more. */
export function cutCommands({ addresses }: Place, isCut: boolean): readonly string[] {
  const verb = isCut ? 'add' : 'del';
  return Object.entries(addresses).flatMap(([family, address]) =>
    ['to', 'from'].map(
      (way) =>
        `-netns router ${family === 'IPv6' ? '-6' : '-4'} rule ${verb} pref 10 ${way} ${address} blackhole`,
    ),
  );
}

function cable({ machine, addresses, gateways }: Place): readonly string[] {
  const own = machine === 'client' ? '' : `-netns ${machine} `;
  const inside = machine === 'client' ? '1' : machine;
  const prepare =
    machine === 'client'
      ? []
      : [`nsenter --net=/run/netns/${machine} sh -ec '${settings.join('; ')}'`];
  return [
    ...prepare,
    `ip -netns router link add ${machine} type veth peer name uplink netns ${inside}`,
    `ip -netns router address add ${gateways.IPv4}/24 dev ${machine}`,
    `ip -netns router address add ${gateways.IPv6}/64 dev ${machine} nodad`,
    `ip -netns router link set ${machine} up`,
    `ip ${own}link set lo up`,
    `ip ${own}address add ${addresses.IPv4}/24 dev uplink`,
    `ip ${own}address add ${addresses.IPv6}/64 dev uplink nodad`,
    `ip ${own}link set uplink up`,
    `ip ${own}route add default via ${gateways.IPv4}`,
    `ip ${own}-6 route add default via ${gateways.IPv6}`,
  ];
}

/** Before there are devices, which take them over. */
const settings = ['all', 'default'].flatMap((device) => [
  set(`ipv4/conf/${device}/rp_filter`, 0),
  set(`ipv6/conf/${device}/accept_dad`, 0),
  set(`ipv6/conf/${device}/accept_ra`, 0),
]);

const forwarding = [
  set('ipv4/ip_forward', 1),
  set('ipv6/conf/all/forwarding', 1),
  set('ipv4/icmp_ratelimit', 0),
  set('ipv6/icmp/ratelimit', 0),
];

function set(name: string, value: number): string {
  return `echo ${value} > /proc/sys/net/${name}`;
}
