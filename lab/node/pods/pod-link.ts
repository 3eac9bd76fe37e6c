/** Puts the addresses of pods on the node's device, through one `ip -batch` that stays open for a while. */
import { openIpBatch } from '../../../proxies/kit/ip-batch.ts';

export interface PodLink extends AsyncDisposable {
  /** Resolves when connections to the addresses work. @throws Error in iproute2's words. */
  add(addresses: readonly string[]): Promise<void>;
  remove(addresses: readonly string[]): Promise<void>;
}

/** On loopback all of 127.0.0.0/8 is there already. */
export const noPodLink: PodLink = {
  add: async () => undefined,
  remove: async () => undefined,
  [Symbol.asyncDispose]: async () => undefined,
};

export function openPodLink(device: string, ranges: readonly string[]): PodLink {
  const batch = openIpBatch();
  // What an earlier run of the node has left there is nobody's now.
  batch.run(ranges.map((range) => `addr flush dev ${device} to ${range}`)).catch(() => undefined);
  return {
    add: (addresses) => batch.run(addresses.map((one) => `addr replace ${command(one, device)}`)),
    remove: (addresses) => batch.run(addresses.map((one) => `addr del ${command(one, device)}`)),
    [Symbol.asyncDispose]: () => batch.end(),
  };
}

function command(address: string, device: string): string {
  // Without duplicate address detection an address serves at once.
  return address.includes(':')
    ? `${address}/128 dev ${device} nodad`
    : `${address}/32 dev ${device}`;
}
