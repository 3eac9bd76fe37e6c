/** Which addresses a proxy may be led to. */
import { BlockList, isIP, SocketAddress } from 'node:net';

/** What Go's `net.IP.IsGlobalUnicast` is not. Private ranges are global unicast. */
const special: Readonly<Record<'ipv4' | 'ipv6', readonly (readonly [string, number])[]>> = {
  ipv4: [
    ['0.0.0.0', 32],
    ['127.0.0.0', 8],
    ['169.254.0.0', 16],
    ['224.0.0.0', 4],
    ['255.255.255.255', 32],
  ],
  ipv6: [
    ['::', 128],
    ['::1', 128],
    // IPv4 in IPv6's notation: the same address by another name.
    ['::ffff:0:0', 96],
    ['fe80::', 10],
    ['ff00::', 8],
  ],
};

const lists = { 4: blockList('ipv4'), 6: blockList('ipv6') };

/**
 * Whether an address is global unicast, and written in the one way in which addresses are written: what
 * two readers could take for two addresses is none.
 *
 * @example isGlobalUnicast('10.244.1.5') // true
 * @example isGlobalUnicast('127.1') // false
 */
export function isGlobalUnicast(address: string): boolean {
  const version = isIP(address);
  if (version !== 4 && version !== 6) return false;
  // IPv4 is read in one spelling alone.
  if (version === 6 && !isCanonical(address)) return false;
  return !lists[version].check(address, version === 4 ? 'ipv4' : 'ipv6');
}

/**
 * Whether an address is one of this machine alone, in the one spelling of IPv4.
 *
 * @example isLoopback('127.244.1.5') // true
 * @example isLoopback('127.1') // false
 */
export function isLoopback(address: string): boolean {
  return isIP(address) === 4 && address.startsWith('127.');
}

function isCanonical(address: string): boolean {
  // Without a zone, too: an interface of ours is nobody's to choose.
  return new SocketAddress({ address, family: 'ipv6' }).address === address;
}

function blockList(family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of special[family]) list.addSubnet(network, prefix, family);
  return list;
}
