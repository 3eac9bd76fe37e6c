/** Our rules and routes in the kernel's routing, as they are and as they are to be. */
import { openIpBatch } from '../../kit/ip-batch.ts';
import { isInRange, parseIp, parseIpRange } from '../../kit/ip.ts';
import type { Family } from '../service.ts';
import { announcement } from './announce.ts';
import type { NodeMark } from './marks.ts';
import type { PoolNetwork } from './pool-networks.ts';
import { byKey, listRouting, markRule, nodeRoute, poolRoute, type RoutingItem } from './routing.ts';

/** What packets of one family need. */
export interface RoutingNeeds {
  readonly family: Family;
  readonly vipNodes: readonly NodeMark[];
  readonly addresses: readonly string[];
}

type Items = ReadonlyMap<string, RoutingItem>;

export class KernelRouting implements AsyncDisposable {
  readonly #networks: readonly PoolNetwork[];
  readonly #device: string | null;
  readonly #batches = { IPv4: openIpBatch('IPv4'), IPv6: openIpBatch('IPv6') };
  #have: Items = new Map();

  /** @param device where addresses are announced */
  constructor(networks: readonly PoolNetwork[], device: string | null) {
    this.#networks = networks;
    this.#device = device;
  }

  /** Learns what there is, whoever made it. */
  async look(): Promise<void> {
    const ranges = this.#networks.map(({ cidr, family }) =>
      parseIpRange(cidr.includes('/') ? cidr : `${cidr}/${family === 'IPv4' ? 32 : 128}`),
    );
    this.#have = await listRouting((address) => {
      const ip = parseIp(address);
      return ranges.some((range) => range && ip && isInRange(range, ip));
    });
  }

  /** Adds what is missing. What is too much goes when that is told: no packet needs it then. */
  async add(needs: readonly RoutingNeeds[]): Promise<{ removeOthers(): Promise<void> }> {
    const want = this.#wanted(needs);
    const missing = without(want, this.#have);
    await this.#run(missing, 'add');
    this.#have = new Map([...this.#have, ...missing.map((item) => [item.key, item] as const)]);
    return {
      removeOthers: async () => {
        const others = without(this.#have, want);
        this.#have = want;
        await this.#run(others, 'remove');
      },
    };
  }

  /** Removes all of ours. @returns how many there were */
  async clear(): Promise<number> {
    await this.look();
    const all = [...this.#have.values()];
    this.#have = new Map();
    await this.#run(all, 'remove');
    return all.length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#batches.IPv4.end(), this.#batches.IPv6.end()]);
  }

  #wanted(needs: readonly RoutingNeeds[]): Items {
    const device = this.#device;
    return byKey([
      ...this.#networks.map(({ family, cidr }) => poolRoute(family, cidr)),
      ...needs.flatMap(({ family, vipNodes }) =>
        vipNodes.flatMap((node) =>
          node.device === null
            ? []
            : [
                markRule(family, node.mark),
                nodeRoute(family, node.mark, node.target.address, node.device),
              ],
        ),
      ),
      ...needs.flatMap(({ family, addresses }) =>
        device === null
          ? []
          : addresses.flatMap((address) => announcement(family, address, device)),
      ),
    ]);
  }

  async #run(items: readonly RoutingItem[], what: 'add' | 'remove'): Promise<void> {
    for (const family of ['IPv4', 'IPv6'] as const) {
      const commands = items.filter((item) => item.family === family).map((item) => item[what]);
      if (commands.length > 0) await this.#batches[family].run(commands);
    }
  }
}

function without(items: Items, others: Items): readonly RoutingItem[] {
  return [...items.values()].filter(({ key }) => !others.has(key));
}
