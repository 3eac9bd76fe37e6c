/** `--interface`: where addresses are announced. */
import { access } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { ConfigurationError } from '../../kit/apiserver/configuration-error.ts';
import { parseIpRange } from '../../kit/ip.ts';
import type { AddressPool } from '../hop-cloud/addresses/pool.ts';

/**
 * Null where it is empty and no interface has a network with addresses of the pools: then routers know the way.
 *
 * @throws ConfigurationError `no-interface`
 */
export async function interfaceOf(
  name: string,
  pools: readonly AddressPool[],
): Promise<string | null> {
  if (name === '') return besides(pools);
  if (/^[^\s/]{1,15}$/.test(name) && name !== '.' && name !== '..' && (await isThere(name))) {
    return name;
  }
  const why = `this machine has no interface ${JSON.stringify(name)}`;
  throw new ConfigurationError('no-interface', `--interface: ${why}`);
}

/** Linux also tells of those without an address. */
async function isThere(name: string): Promise<boolean> {
  if (networkInterfaces()[name]) return true;
  return access(`/sys/class/net/${name}`).then(
    () => true,
    () => false,
  );
}

function besides(pools: readonly AddressPool[]): string | null {
  const found = Object.entries(networkInterfaces()).find(([, addresses = []]) =>
    addresses.some(({ cidr, internal }) => {
      const network = cidr === null || internal ? undefined : parseIpRange(cidr);
      return pools.some(
        ({ family, first, last }) =>
          network?.family === family &&
          network.value <= last &&
          first < network.value + network.size,
      );
    }),
  );
  return found?.[0] ?? null;
}
