/** Whether the kernel of this machine has IPv6. */
import { access } from 'node:fs/promises';

/** There, also where no interface has an address; absent with `ipv6.disable=1`, and where there is no /proc. */
const ipv6Interfaces = '/proc/net/if_inet6';

export function hasIPv6(path = ipv6Interfaces): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
