/** Whether an address is the lab's own: a command in a container reaches nothing else. */
import { BlockList, isIP } from 'node:net';
import { ranges } from '../../topology.ts';

const own = new BlockList();
for (const range of [...Object.values(ranges).flat(), ...onLoopback()]) {
  const [network = '', length = ''] = range.split('/');
  own.addSubnet(network, Number(length), network.includes(':') ? 'ipv6' : 'ipv4');
}

/**
 * Pods, Services, nodes, load balancers and the outside of `lab/topology.ts`; never the host's.
 *
 * @param from a pod's address: on loopback only what is on loopback is the lab's, because the host may
 *   have a network of its own where an isolated lab has one
 */
export function isLabAddress(address: string, from: string): boolean {
  const family = isIP(address);
  const isKnown = family !== 0 && own.check(address, family === 6 ? 'ipv6' : 'ipv4');
  return isKnown && address.startsWith('127.') === from.startsWith('127.');
}

/** On loopback, where pods and Services are below 127. */
function onLoopback(): readonly string[] {
  return ['127.244.0.0/16', '127.96.0.0/11'];
}
