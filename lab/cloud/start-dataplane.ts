/** The kernel forwards where it can; elsewhere we do. */
import { writeFile } from 'node:fs/promises';
import type { Dataplane } from '../../proxies/cloud-load-balancer/forwarding.ts';
import { openIpBatch } from '../../proxies/kit/ip-batch.ts';
import { klogLine } from '../../proxies/kit/klog.ts';

export interface DataplaneOptions {
  readonly kind: Dataplane['kind'];
  /** `--address-pool` */
  readonly pools: readonly string[];
  readonly log: (line: string) => void;
}

/** What is not used is not loaded. */
export async function startDataplane(options: DataplaneOptions): Promise<Dataplane> {
  const { kind, pools, log } = options;
  if (kind === 'userspace') return startUserspace(log);
  try {
    const { createNftablesDataplane } =
      await import('../../proxies/cloud-load-balancer/nftables/nftables-dataplane.ts');
    return await createNftablesDataplane({ addressPools: pools, log });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    log(klogLine('W', 'hop', `userspace takes the place of nftables: ${why}`));
  }
  await haveAll(pools);
  return startUserspace(log);
}

/** The machine is there for these addresses alone: all of them are its own, without being added one by one. */
async function haveAll(pools: readonly string[]): Promise<void> {
  for (const family of ['IPv4', 'IPv6'] as const) {
    const ip = openIpBatch(family);
    const own = pools.filter((pool) => pool.includes(':') === (family === 'IPv6'));
    await ip.run(own.map((pool) => `route replace local ${pool} dev lo`));
    await ip.end();
  }
  // Only for IPv6 that is not yet enough to listen there.
  await writeFile('/proc/sys/net/ipv6/ip_nonlocal_bind', '1');
}

async function startUserspace(log: (line: string) => void): Promise<Dataplane> {
  const { createUserspaceDataplane } =
    await import('../../proxies/cloud-load-balancer/userspace/userspace-dataplane.ts');
  return createUserspaceDataplane({ log });
}
