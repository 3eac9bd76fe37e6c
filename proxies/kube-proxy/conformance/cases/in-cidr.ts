/** Whether an address is in a range. */
import { BlockList, isIPv6 } from 'node:net';

export function inCIDR(address: string, range: string): boolean {
  const [base = '', bits = ''] = range.split('/');
  const family = isIPv6(address) ? 'ipv6' : 'ipv4';
  if (isIPv6(base) !== isIPv6(address)) return false;
  const list = new BlockList();
  list.addSubnet(base, Number(bits), family);
  return list.check(address, family);
}
