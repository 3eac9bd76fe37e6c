/** The IP families that the kernel of this machine has. */
import { isIPv6 } from 'node:net';
import { hasIPv6 } from '../../kit/ipv6.ts';
import type { Family } from '../service-port.ts';

/**
 * Without IPv6 in the kernel, IPv4 alone is served, as by upstream: a family that can never be written would
 * make the node unhealthy for good.
 *
 * @param wanted those to choose from
 * @param bindAddress of the primary family: that one stays, for nothing works without it
 */
export async function familiesHere(
  wanted: readonly Family[],
  bindAddress: string,
  log: (text: string) => void,
  path?: string,
): Promise<readonly Family[]> {
  if (!wanted.includes('IPv6') || isIPv6(bindAddress)) return wanted;
  if (await hasIPv6(path)) return wanted;
  log('No kernel support for family IPv6: only IPv4 is served');
  return wanted.filter((family) => family !== 'IPv6');
}
