/** A network namespace per machine. Run as pid 1 of namespaces of its own: all ends with that process. */
import { isolatedPlace, type MachinePlan } from '../topology.ts';
import type { Network } from './network.ts';
import { runCommand } from './run-command.ts';
import {
  borderBatch,
  cableOf,
  machineBatch,
  masqueradeRules,
  nodeRuleBatch,
  routerBatch,
  secondCableOf,
} from './wiring.ts';

/**
 * Wires the networks of these machines, in one go of a shell: it is on the way to every start.
 *
 * @throws Error with the first complaint, where the system does not let us.
 */
export async function layIsolatedNetwork(machines: readonly MachinePlan[]): Promise<Network> {
  await demand(['sh', '-ec', script(machines)]);
  return {
    place: isolatedPlace,
    machines,
    // The router's network is our own.
    inside: (machine, argv) =>
      machine === 'router' ? argv : ['nsenter', `--net=/run/netns/${machine}`, ...argv],
    setLink: async (name, isUp) => {
      const hasTwo = machines.find((machine) => machine.name === name)?.clusterAddresses;
      for (const cable of [cableOf(name), ...(hasTwo ? [secondCableOf(name)] : [])])
        await demand(['ip', 'link', 'set', cable, isUp ? 'up' : 'down']);
    },
  };
}

/** `ip` keeps the names of namespaces in /run/netns: the host's /run stays as it is. */
function script(machines: readonly MachinePlan[]): string {
  const nodes = machines.filter(({ role }) => role === 'node');
  const clouds = machines.filter(({ role }) => role === 'cloud');
  return [
    'PATH=$PATH:/usr/sbin:/sbin',
    'mount -t tmpfs -o mode=755 tmpfs /run',
    `${forward}; ${anyWayBack}`,
    batch('ip', routerBatch(machines)),
    batch('ip -4', borderBatch(machines, 4)),
    batch('ip -6', borderBatch(machines, 6)),
    ...nodes.map(masquerade),
    ...machines.map((machine) =>
      batch(`ip -netns ${machine.name}`, machineBatch(machine, machines)),
    ),
    ...nodes.map(({ name }) => inNetworkOf(name, forward)),
    ...nodes.flatMap(({ name }) =>
      ([4, 6] as const).map((family) =>
        batch(`ip -netns ${name} -${family}`, nodeRuleBatch(family)),
      ),
    ),
    ...clouds.map(({ name }) => inNetworkOf(name, `${forward}; ${anyWayBack}`)),
    'wait',
    '',
  ].join('\n');
}

/** Whoever asks the way is told at once where there is none. */
const forward = [
  'echo 1 > /proc/sys/net/ipv4/ip_forward; echo 1 > /proc/sys/net/ipv6/conf/all/forwarding',
  'echo 0 > /proc/sys/net/ipv4/icmp_ratelimit; echo 0 > /proc/sys/net/ipv6/icmp/ratelimit',
].join('; ');

/**
 * What a client sends to a load balancer's address may come to a node on one way and be answered on another:
 * before the kernel's own default, which it takes from the host, that is no reason to drop it.
 */
const anyWayBack = 'for each in /proc/sys/net/ipv4/conf/*/rp_filter; do echo 0 > $each; done';

function inNetworkOf(machine: string, command: string): string {
  return `nsenter --net=/run/netns/${machine} sh -ec '${command}'`;
}

/** Beside the rest. Without `nft`, or a kernel that takes its rules, pods have the cluster and no more. */
function masquerade(node: MachinePlan): string {
  const nft = `nsenter --net=/run/netns/${node.name} nft -f - 2> /dev/null`;
  return `${nft} <<'END' &\n${masqueradeRules(node)}END`;
}

function batch(ip: string, commands: string): string {
  return `${ip} -batch - <<'END'\n${commands}END`;
}

async function demand(argv: readonly string[]): Promise<void> {
  const { status, stderr } = await runCommand(argv);
  if (status !== 0) throw new Error(stderr.trim().split('\n')[0] ?? `${argv[0] ?? ''}: ${status}`);
}
