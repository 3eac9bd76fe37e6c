/** The flows of a kube-proxy as hops, for the process that started it. */
import { BlockList, isIPv6 } from 'node:net';
import type { HopSource } from '../../kit/hop-channel.ts';
import type { Configuration } from '../config/configuration.ts';
import { hopsOfFlow } from '../flow-hops.ts';
import type { KubeProxy } from '../proxy.ts';

export function hopSource(proxy: KubeProxy, { clusterCIDR }: Configuration): HopSource {
  const pods = new BlockList();
  for (const range of clusterCIDR.split(',')) {
    const [network = '', length] = range.trim().split('/');
    if (length !== undefined) pods.addSubnet(network, Number(length), typeOf(network));
  }
  const place = {
    nodeName: proxy.nodeName,
    nodeIPs: [],
    dataplane: proxy.mode,
    isPod: (address: string) => pods.check(address, typeOf(address)),
  };
  let following: Disposable | undefined;
  return {
    setHopListener: (listener) => {
      following?.[Symbol.dispose]();
      following =
        listener === null
          ? undefined
          : proxy.onFlow((flow) => hopsOfFlow(flow, place).forEach((hop) => listener(hop)));
    },
  };
}

function typeOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv6(address) ? 'ipv6' : 'ipv4';
}
