/** The IP families that the kernel of this machine has. */
import { access } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import type { Family } from '../service-port.ts';

/** There, also where no interface has an address; absent with `ipv6.disable=1`. */
const ipv6Interfaces = '/proc/net/if_inet6';

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
  path = ipv6Interfaces,
): Promise<readonly Family[]> {
  if (!wanted.includes('IPv6') || isIPv6(bindAddress)) return wanted;
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  if (isThere) return wanted;
  log('No kernel support for family IPv6: only IPv4 is served');
  return wanted.filter((family) => family !== 'IPv6');
}
