/**
 * Machines in network namespaces: the client (this process), the upstream, and between them one machine for each
 * load balancer, with cables of its own to both, so that all can run at once and be measured in turns. Each of
 * them routes, too: so the client may go past a balancer.
 */
import { execFileSync } from 'node:child_process';

/** The network of one load balancer. */
export interface Network {
  readonly machine: string;
  readonly client: string;
  /** Towards the client, and towards the upstream. */
  readonly balancer: readonly [string, string];
  readonly upstreams: readonly string[];
}

export const upstreamMachine = 'upstream';
const upstreamsEach = 3;

export function networkOf(index: number): Network {
  return {
    machine: `balancer-${index}`,
    client: `10.1.${index}.2`,
    balancer: [`10.1.${index}.1`, `10.2.${index}.1`],
    upstreams: Array.from({ length: upstreamsEach }, (_, each) => `10.2.${index}.${each + 2}`),
  };
}

/** Lays so many networks; in new user, network, mount and process namespaces alone. */
export function layWorld(count: number): readonly Network[] {
  const networks = Array.from({ length: count }, (_, index) => networkOf(index));
  const commands = [
    'mount -t tmpfs tmpfs /run',
    'mkdir -p /run/netns',
    'ip link set lo up',
    ...portRange(''),
    `ip netns add ${upstreamMachine}`,
    ...portRange(inside(upstreamMachine).join(' ')),
    ...networks.flatMap(lay),
  ];
  execFileSync('sh', ['-ec', commands.join('\n')], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin` },
  });
  return networks;
}

/** What runs a program there. */
export function inside(machine: string): readonly string[] {
  return ['nsenter', `--net=/run/netns/${machine}`];
}

function lay({ machine, client, balancer, upstreams }: Network): readonly string[] {
  const run = inside(machine).join(' ');
  const [here, there] = balancer;
  return [
    `ip netns add ${machine}`,
    `ip -n ${machine} link set lo up`,
    ...portRange(run),
    `${run} sh -c 'echo 1 > /proc/sys/net/ipv4/ip_forward'`,
    `ip -n ${machine} link add client type veth peer name ${machine} netns ${process.pid}`,
    `ip -n ${machine} link add upstream type veth peer name ${machine} netns ${upstreamMachine}`,
    `ip -n ${machine} address add ${here}/24 dev client`,
    `ip -n ${machine} address add ${there}/24 dev upstream`,
    `ip -n ${machine} link set client up`,
    `ip -n ${machine} link set upstream up`,
    `ip address add ${client}/24 dev ${machine}`,
    `ip link set ${machine} up`,
    `ip route add ${there}/24 via ${here}`.replace('.1/24', '.0/24'),
    ...upstreams.map((each) => `ip -n ${upstreamMachine} address add ${each}/24 dev ${machine}`),
    `ip -n ${upstreamMachine} link set ${machine} up`,
    `ip -n ${upstreamMachine} route add ${here}/24 via ${there}`.replace('.1/24', '.0/24'),
  ];
}

/** So many short connections need more ports than the 28,000 that a machine has at first. */
function portRange(run: string): readonly string[] {
  return [`${run} sh -c 'echo 1024 65535 > /proc/sys/net/ipv4/ip_local_port_range'`];
}
