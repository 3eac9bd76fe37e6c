/** Where the proxy of an apiserver may go. */
import { isGlobalUnicast, isLoopback } from '../../../proxies/apiserver-proxy/resolve/address.ts';

export interface AddressRules {
  /** The lab has loopback addresses only: its pods and kubelets are there. */
  readonly allowsLoopback: boolean;
  /** Addresses of what stands behind the apiserver itself, such as its store. */
  readonly forbidden: readonly string[];
}

/**
 * Global unicast, as upstream, but the apiserver's own store: it trusts whoever comes to it. On loopback
 * the host's other services share the addresses of the pods and the nodes, and are not to be reached:
 * only ports that the pod, the Service or the kubelet have themselves.
 */
export function allowedAddresses({ allowsLoopback, forbidden }: AddressRules) {
  const refused = new Set(forbidden);
  return (address: string, isDeclared: boolean): boolean => {
    if (refused.has(address)) return false;
    return isGlobalUnicast(address) || (allowsLoopback && isDeclared && isLoopback(address));
  };
}

/**
 * The address in `--etcd-servers`, if it is one.
 *
 * @example storeAddresses('172.30.0.10:2379') // ['172.30.0.10']
 */
export function storeAddresses(server: string): readonly string[] {
  const [, six, four] = /^(?:\[([^\]]+)\]|([^:/]+)):\d+$/.exec(server) ?? [];
  return [six ?? four ?? []].flat();
}
