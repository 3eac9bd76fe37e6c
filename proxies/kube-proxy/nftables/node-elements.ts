/** The elements that come from the node and the cluster, not from a Service. */
import type { DataplaneOptions } from '../dataplane.ts';
import type { Batch } from './batch.ts';
import type { CollectionName } from './layout-facts.ts';
import type { Found } from './endpoint-lists.ts';
import { distinctRanges } from '../../kit/nftables/source-ranges.ts';

export class NodeElements {
  readonly #fixed: ReadonlyMap<CollectionName, ReadonlySet<string>>;
  readonly #isNodeUnknown: boolean;
  #serviceCIDRs: readonly string[] = [];
  /** Those of `#serviceCIDRs` that are in the kernel. */
  #written: ReadonlySet<string> = new Set();

  constructor(options: Pick<DataplaneOptions, 'podCIDRs' | 'nodePortIPs' | 'isNodeUnknown'>) {
    const { podCIDRs, nodePortIPs, isNodeUnknown = false } = options;
    this.#isNodeUnknown = isNodeUnknown;
    this.#fixed = new Map([
      ['pod-cidrs', new Set(distinctRanges(podCIDRs))],
      ['nodeport-ips', new Set(nodePortIPs)],
    ]);
  }

  want(serviceCIDRs: readonly string[]): void {
    this.#serviceCIDRs = serviceCIDRs;
  }

  /** Writes the Service CIDRs that changed; nothing else of it can. */
  write(batch: Batch): void {
    const wanted = this.#wantedCIDRs();
    for (const cidr of this.#written) if (!wanted.has(cidr)) batch.delete('service-cidrs', cidr);
    for (const cidr of wanted)
      if (!this.#written.has(cidr)) batch.add('service-cidrs', cidr, '', '');
    this.#written = wanted;
  }

  /** Compares with what was found, and deletes what is too much; of a node, once it is known. */
  compare(found: Found, batch: Batch): void {
    const wanted = this.#wantedCIDRs();
    this.#written = wanted;
    for (const [collection, keys] of [...this.#fixed, ['service-cidrs', wanted] as const]) {
      const listed = found.get(collection);
      for (const key of keys) {
        if (listed?.delete(key) !== true) batch.add(collection, key, '', '');
      }
      const isKept = this.#isNodeUnknown && this.#fixed.has(collection);
      if (!isKept) for (const key of listed?.keys() ?? []) batch.delete(collection, key);
      listed?.clear();
    }
  }

  #wantedCIDRs(): ReadonlySet<string> {
    return new Set(distinctRanges(this.#serviceCIDRs));
  }
}
