/** Addresses for pods: one of each family, and none again while others have not been used. */

export interface PodAddresses {
  /** One address of each range, IPv4 first. @throws Error when a range is used up. */
  take(): readonly string[];
  /** Takes these, which a pod had before the node was restarted; false if they are gone or not ours. */
  reserve(addresses: readonly string[]): boolean;
  release(addresses: readonly string[]): void;
}

/** The first of a range is left to the node itself, as a bridge would have it. */
const firstHost = 2;
const lastHost = 254;

/** @param ranges `10.244.1.0/24`, `fd00:10:244:1::/64` */
export function createPodAddresses(ranges: readonly string[]): PodAddresses {
  const taken = new Set<number>();
  let next = firstHost;
  const addressesOf = (host: number) => ranges.map((range) => addressIn(range, host));
  const hostOf = (address: string) => hosts.get(address);
  const hosts = new Map<string, number>();
  for (let host = firstHost; host <= lastHost; host += 1) {
    const [first] = addressesOf(host);
    if (first !== undefined) hosts.set(first, host);
  }
  return {
    take: () => {
      for (let tries = firstHost; tries <= lastHost; tries += 1) {
        const host = next;
        next = next === lastHost ? firstHost : next + 1;
        if (taken.has(host)) continue;
        taken.add(host);
        return addressesOf(host);
      }
      throw new Error(`failed to allocate for range 0: no IP addresses available in range set`);
    },
    reserve: ([first = '']) => {
      const host = hostOf(first);
      if (host === undefined || taken.has(host)) return false;
      taken.add(host);
      if (host >= next) next = host === lastHost ? firstHost : host + 1;
      return true;
    },
    release: ([first = '']) => {
      const host = hostOf(first);
      if (host !== undefined) taken.delete(host);
    },
  };
}

function addressIn(range: string, host: number): string {
  const base = range.split('/')[0] ?? range;
  return base.includes(':')
    ? `${base.replace(/::$/, '')}::${host.toString(16)}`
    : base.replace(/\d+$/, String(host));
}
