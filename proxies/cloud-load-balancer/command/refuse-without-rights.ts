/** Addresses that this machine does not have are added to it, which not everybody may. */
import { readFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { ConfigurationError } from '../../kit/apiserver/configuration-error.ts';
import { formatIp } from '../../kit/ip.ts';
import { isLoopbackPool } from '../config/address-pools.ts';
import { poolSize, type AddressPool } from '../hop-cloud/addresses/pool.ts';

/** Of a pool that has more, not all can be the machine’s already. */
const mostOwn = 4096n;
const netAdmin = 12n;

/** Said at the start, not by each Service later. @throws ConfigurationError `no-address-rights` */
export async function refuseWithoutRights(pools: readonly AddressPool[]): Promise<void> {
  if (await mayAdd()) return;
  const own = new Set(
    Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map((one) => one.address)),
  );
  const strange = pools.find((pool) => !isLoopbackPool(pool) && !isOwn(pool, own));
  if (!strange) return;
  const why = `addresses of ${strange.text} cannot be added to this machine: operation not permitted`;
  throw new ConfigurationError('no-address-rights', `--address-pool: ${why}`);
}

function isOwn(pool: AddressPool, own: ReadonlySet<string>): boolean {
  if (poolSize(pool) > mostOwn) return false;
  for (let value = pool.first; value <= pool.last; value += 1n) {
    if (!own.has(formatIp({ family: pool.family, value }))) return false;
  }
  return true;
}

/** Whether there is CAP_NET_ADMIN; elsewhere than on Linux nobody says. */
async function mayAdd(): Promise<boolean> {
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '');
  const [, effective] = /^CapEff:\s*([0-9a-f]+)$/m.exec(status) ?? [];
  return effective === undefined || ((BigInt(`0x${effective}`) >> netAdmin) & 1n) === 1n;
}
