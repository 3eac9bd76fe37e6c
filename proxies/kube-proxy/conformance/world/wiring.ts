/**
 * How the world is wired: a network namespace for each leaf, and a cable (veth) from the node to it.
 *
 * A leaf has many machines' addresses, yet what one of them sends to another goes out to the node first, as
 * it would from a machine of its own: the rule for what starts here comes before the local addresses.
 */
import { isIPv6 } from 'node:net';
import { leaves, nodeAddresses, places, type Leaf } from './places.ts';

/** For a shell in new user, network, mount and process namespaces; the node's network is its own. */
export function worldScript(): string {
  return [
    'PATH=$PATH:/usr/sbin:/sbin',
    'mount -t tmpfs -o mode=755 tmpfs /run',
    ...settings,
    'ip link set lo up',
    ...leaves.flatMap(cable),
    ip([
      ...nodeAddresses.map((address) => `address add ${address} dev outside${nodad(address)}`),
      ...places.outside.gateways.map((gateway) => `route add default dev outside src ${gateway}`),
      ...leaves.flatMap((leaf) =>
        places[leaf].addresses.map((address) => `route add ${address} dev ${leaf}`),
      ),
    ]),
    '',
  ].join('\n');
}

function cable(leaf: Leaf): readonly string[] {
  const { addresses, gateways } = places[leaf];
  const inside = [
    'link set lo up',
    'link set uplink up',
    ...addresses.map((address) => `address add ${address} dev uplink${nodad(address)}`),
    ...['-4', '-6'].flatMap((family) => [
      `${family} rule add pref 100 lookup local`,
      `${family} rule del pref 0`,
      `${family} rule add pref 10 iif lo lookup 10`,
    ]),
    ...gateways.flatMap((gateway) => [
      `route add ${gateway} dev uplink table 10`,
      `route add default via ${gateway} dev uplink onlink table 10`,
    ]),
  ];
  return [
    `ip netns add ${leaf}`,
    `nsenter --net=/run/netns/${leaf} sh -ec '${settings.join('; ')}'`,
    ip([
      `link add ${leaf} type veth peer name uplink netns ${leaf}`,
      ...gateways.map((gateway) => `address add ${gateway} dev ${leaf}${nodad(gateway)}`),
      `link set ${leaf} up`,
    ]),
    ...inside.map((line) => `ip -netns ${leaf} ${line}`),
  ];
}

/** Before there are devices, which take them over. Errors are told each time: no limit of ICMP. */
const settings = [
  ...['ipv4/ip_forward', 'ipv6/conf/all/forwarding'].map((name) => set(name, 1)),
  ...['all', 'default'].flatMap((device) => [
    set(`ipv4/conf/${device}/rp_filter`, 0),
    set(`ipv4/conf/${device}/send_redirects`, 0),
    set(`ipv4/conf/${device}/accept_local`, 1),
    set(`ipv6/conf/${device}/accept_dad`, 0),
    set(`ipv6/conf/${device}/accept_redirects`, 0),
  ]),
  set('ipv4/icmp_ratelimit', 0),
  set('ipv4/icmp_ratemask', 0),
  set('ipv6/icmp/ratelimit', 0),
];

function set(name: string, value: number): string {
  return `echo ${value} > /proc/sys/net/${name}`;
}

function ip(lines: readonly string[]): string {
  return `ip -batch - <<'END'\n${lines.join('\n')}\nEND`;
}

/** An address is to be had at once. */
function nodad(address: string): string {
  return isIPv6(address) ? ' nodad' : '';
}
