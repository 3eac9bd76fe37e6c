/** Whether a client may come to a load balancer. */
import { matcherOf } from '../../kit/l4/source-ranges.ts';
import type { Family } from '../service.ts';

/** @param ranges CIDRs of both families; empty: everybody may */
export function allowing(family: Family, ranges: readonly string[]): (client: string) => boolean {
  if (ranges.length === 0) return () => true;
  const isIPv6 = family === 'IPv6';
  const own = ranges.filter((range) => range.includes(':') === isIPv6);
  return matcherOf(family, own);
}
