/**
 * How the lab's networks are wired, as batches for `ip`: two bridges at the router, a cable (veth) from
 * one of them to each machine, and the routes. Pods are known in the cluster only: the router has no
 * route to them, nor to Services, so whoever is outside has none either.
 */
import { isIPv6 } from 'node:net';
import { isOutside, ranges, router, type MachinePlan, type MachineRole } from '../topology.ts';

/** Run in the router's network. */
export function routerBatch(machines: readonly MachinePlan[]): string {
  return lines([
    'link set lo up',
    ...bridge('outside', router.outside),
    ...bridge('cluster', router.cluster),
    ...machines.flatMap((machine) => [
      `netns add ${machine.name}`,
      `link add ${cableOf(machine.name)} type veth peer name eth0 netns ${machine.name}`,
      `link set ${cableOf(machine.name)} master ${isOutside(machine) ? 'outside' : 'cluster'} addrgenmode none up`,
      ...(machine.clusterAddresses ? secondCable(machine.name) : []),
    ]),
    ...poolRoutes(machines),
  ]);
}

function secondCable(machine: string): readonly string[] {
  const cable = secondCableOf(machine);
  return [
    `link add ${cable} type veth peer name eth1 netns ${machine}`,
    `link set ${cable} master cluster addrgenmode none up`,
  ];
}

/** The addresses of Services of type LoadBalancer are behind the machine that gives them. */
function poolRoutes(machines: readonly MachinePlan[]): readonly string[] {
  return machines
    .filter(({ role }) => role === 'cloud')
    .flatMap(({ addresses }) =>
      ranges.loadBalancers.map(
        (pool, family) => `route add ${pool} via ${addresses[family] ?? ''}`,
      ),
    );
}

/**
 * The router's end of a machine's cable: the machine's name, as far as the kernel lets a link be called.
 *
 * @example cableOf('apiserver-load-balancer') // 'apiserver-lb'
 */
export function cableOf(machine: string): string {
  return machine.replace('load-balancer', 'lb');
}

/** The router's end of the cable to the cluster's network, of a machine that is outside. */
export function secondCableOf(machine: string): string {
  return `${cableOf(machine)}-in`;
}

/** Nobody comes to these from outside but the load balancer. Nodes have ports for those outside. */
const guarded: ReadonlySet<MachineRole> = new Set(['store', 'apiserver', 'controllers']);

/**
 * Run in the router's network, once for each family: what comes from outside to the control plane is told
 * at once that it may not go there.
 */
export function borderBatch(machines: readonly MachinePlan[], family: 4 | 6): string {
  const addressesOf = (isMeant: (role: MachineRole) => boolean) =>
    machines
      .filter(({ role }) => isMeant(role))
      .flatMap(({ addresses }) => addresses)
      .filter((address) => isIPv6(address) === (family === 6));
  const fromLoadBalancer = addressesOf((role) => role === 'load-balancer');
  const toControlPlane = addressesOf((role) => guarded.has(role));
  return lines([
    ...fromLoadBalancer.map((from) => `rule add iif outside from ${from} pref 100 table main`),
    ...toControlPlane.map((to) => `rule add iif outside to ${to} pref 101 prohibit`),
  ]);
}

/**
 * Run in a node's network, once for each family. What the cloud sends here unchanged, and kube-proxy does not
 * know (yet), would go round in a circle: it is told at once that there is none.
 */
export function nodeRuleBatch(family: 4 | 6): string {
  const pools = ranges.loadBalancers.filter((pool) => pool.includes(':') === (family === 6));
  return lines(pools.map((pool) => `rule add iif eth0 to ${pool} pref 100 unreachable`));
}

/** Run in the machine's network. */
export function machineBatch(machine: MachinePlan, machines: readonly MachinePlan[]): string {
  const gateways = isOutside(machine) ? router.outside : router.cluster;
  const others = isOutside(machine) ? [] : machines.filter(({ name }) => name !== machine.name);
  return lines([
    'link set lo up',
    'link set eth0 addrgenmode none up',
    ...machine.addresses.map((address) => addAddress(address, 'eth0')),
    ...machine.addresses.filter(isIPv6).map((address) => addAddress(linkLocal(address), 'eth0')),
    ...gateways.map((gateway) => `route add default via ${gateway}`),
    ...(isOutside(machine) && machine.role !== 'cloud' ? poolRoutes(machines) : []),
    ...(machine.clusterAddresses ? secondLeg(machine.clusterAddresses, machines) : []),
    ...others.flatMap(({ addresses, podRanges }) =>
      podRanges.map((range, family) => `route add ${range} via ${addresses[family] ?? ''}`),
    ),
    ...(machine.role === 'node'
      ? [
          // It asks nobody who they are, so whatever runs in a pod must not come to it.
          ...machines
            .filter(({ role }) => role === 'store')
            .flatMap(({ addresses }) => addresses)
            .map((address) => `route add unreachable ${address}`),
          `link add ${podLink} type bridge`,
          `link set ${podLink} addrgenmode none up`,
        ]
      : []),
  ]);
}

/** The nodes' network, of a machine that is outside: the border holds there, too. */
function secondLeg(
  addresses: readonly string[],
  machines: readonly MachinePlan[],
): readonly string[] {
  return [
    'link set eth1 addrgenmode none up',
    ...addresses.map((address) => addAddress(address, 'eth1')),
    ...addresses.filter(isIPv6).map((address) => addAddress(linkLocal(address), 'eth1')),
    ...machines
      .filter(({ role }) => guarded.has(role))
      .flatMap((machine) => machine.addresses)
      .map((address) => `route add prohibit ${address}`),
  ];
}

/**
 * Rules for `nft`, to be run in a node's network: whoever is outside knows no way back to a pod, so what
 * its pods send there comes from the node, as a network plugin would have it.
 */
export function masqueradeRules({ podRanges, addresses }: MachinePlan): string {
  const [within4, within6] = ([0, 1] as const).map((family) =>
    [ranges.pods, ranges.cluster, ranges.services].map((range) => range[family]).join(', '),
  );
  return lines([
    'table inet hop-lab-masquerade {',
    '  chain postrouting {',
    '    type nat hook postrouting priority srcnat; policy accept;',
    `    ip saddr ${podRanges[0] ?? ''} ip daddr != { ${within4 ?? ''} } masquerade`,
    `    ip6 saddr ${podRanges[1] ?? ''} ip6 daddr != { ${within6 ?? ''} } masquerade`,
    '  }',
    // A node's pods are its own sockets here: what comes from outside to them passes no postrouting, in
    // which kube-proxy masquerades what it has marked.
    '  chain input {',
    '    type nat hook input priority 100; policy accept;',
    `    meta mark & ${masqueradeMark} == ${masqueradeMark} snat ip to ${addresses[0] ?? ''} fully-random`,
    `    meta mark & ${masqueradeMark} == ${masqueradeMark} snat ip6 to ${addresses[1] ?? ''} fully-random`,
    '  }',
    '}',
  ]);
}

/** `--iptables-masquerade-bit` and its twin for nftables: 14. */
const masqueradeMark = '0x4000';

/** The device of a node that its pods' addresses are given to. */
export const podLink = 'pods';

/** Without snooping: neighbours are found by multicast, and nobody here asks who listens to it. */
function bridge(name: string, addresses: readonly string[]): readonly string[] {
  return [
    `link add ${name} type bridge mcast_snooping 0`,
    `link set ${name} addrgenmode none up`,
    ...addresses.map((address) => addAddress(address, name)),
    ...addresses
      .filter(isIPv6)
      .slice(0, 1)
      .map((address) => addAddress(linkLocal(address), name)),
  ];
}

/**
 * Whoever sends something on for others looks for neighbours from here.
 *
 * @example linkLocal('fd00:172:30::21') // 'fe80::21'
 */
function linkLocal(address: string): string {
  return address.replace(/^.*::/, 'fe80::');
}

/** All ranges of the topology are of one size. `nodad`: an address is to be had at once. */
function addAddress(address: string, device: string): string {
  return address.includes(':')
    ? `address add ${address}/64 dev ${device} nodad`
    : `address add ${address}/24 dev ${device}`;
}

function lines(commands: readonly string[]): string {
  return commands.map((command) => `${command}\n`).join('');
}
