import { formatIp, type IpRange } from '../../proxies/kit/ip.ts';

/** The first address of a range, which the `kubernetes` Service has: `10.96.0.1` of `10.96.0.0/16`. */
export function firstAddress(range: IpRange): string {
  return formatIp({ family: range.family, value: range.value + 1n });
}
