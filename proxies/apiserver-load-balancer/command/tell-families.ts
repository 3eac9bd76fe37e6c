/** The kernel sends no client of one address family to a backend of the other: whoever comes there is refused. */
import { isIPv6 } from 'node:net';
import type { Backend, Family } from '../backend.ts';
import type { ListenAddress } from '../dataplane.ts';

/** Says so once for each family, until a list has somebody for it again. */
export function createFamilyWarning(
  listen: readonly ListenAddress[],
  warn: (text: string) => void,
): (backends: readonly Backend[]) => void {
  const served = new Set(listen.map(({ host }): Family => (isIPv6(host) ? 'IPv6' : 'IPv4')));
  let before: readonly Family[] = [];
  return (backends) => {
    const missing = [...served].filter((wanted) =>
      backends.every(({ family }) => family !== wanted),
    );
    for (const family of missing.filter((one) => !before.includes(one))) {
      warn(
        `No backend has an ${family} address: clients of ${family} are refused; ` +
          '--dataplane userspace would send them to the others',
      );
    }
    before = missing;
  };
}
