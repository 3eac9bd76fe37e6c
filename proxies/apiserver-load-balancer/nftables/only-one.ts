/** The tables are of one load balancer: two on one machine would replace each other's. */
import { beTheOnlyOne as beTheOnlyOneOf } from '../../kit/only-one.ts';
import { tableName } from './rules.ts';

/** @throws Error where there is another */
export async function beTheOnlyOne(): Promise<Disposable> {
  try {
    return await beTheOnlyOneOf(`hop-${tableName}-nftables`);
  } catch (cause) {
    throw new Error(
      'nftables: another hop apiserver-lb with this dataplane runs on this machine: give one of them all addresses, or --dataplane userspace',
      { cause },
    );
  }
}
