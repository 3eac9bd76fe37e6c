/** Which interface leads straight to a node: one that is on the same network. */
import { networkInterfaces } from 'node:os';
import { isInRange, parseIp, parseIpRange, type Ip, type IpRange } from '../../kit/ip.ts';
import type { Target } from '../forwarding.ts';

/** The interface's name; null where there is none, or where the node is this machine. */
export type FindDevice = (target: Target) => string | null;

/** By the interfaces that there are now. */
export function attachedNetworks(): FindDevice {
  const networks: { readonly device: string; readonly range: IpRange; readonly own: Ip }[] = [];
  for (const [device, addresses] of Object.entries(networkInterfaces())) {
    for (const { cidr, address, internal } of addresses ?? []) {
      const range = parseIpRange(cidr ?? '');
      const own = parseIp(address);
      if (!internal && range && own) networks.push({ device, range, own });
    }
  }
  return ({ address }) => {
    const ip = parseIp(address);
    if (!ip) return null;
    if (networks.some(({ own }) => own.family === ip.family && own.value === ip.value)) return null;
    const [nearest] = networks
      .filter(({ range }) => isInRange(range, ip))
      .toSorted((a, b) => b.range.prefixLength - a.range.prefixLength);
    return nearest?.device ?? null;
  };
}
