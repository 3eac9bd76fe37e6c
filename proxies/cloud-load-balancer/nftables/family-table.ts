/**
 * The table of one family, as it is in the kernel: told which Services' load balancers change, it gives the commands
 * for what changes by that.
 */
import { nftWriter } from '../../kit/nftables/write.ts';
import type { Forwarding } from '../forwarding.ts';
import type { Family } from '../service.ts';
import type { FindDevice } from './attached.ts';
import { chainsOf, collectionsOf, nftFamily, tableComment, tableName } from './layout.ts';
import { markText, NodeMarks, type NodeMark } from './marks.ts';
import { dealingOf, rangesOf, type Shared } from './shared.ts';
import { destinationsOf, wantedOf, type Wanted } from './wanted.ts';

/** What is in the table for one Service. */
interface Written {
  readonly addresses: readonly string[];
  /** By collection and key: the data. */
  readonly elements: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Keys of what it shares. */
  readonly shares: readonly string[];
}

interface SharedUse {
  readonly shared: Shared;
  readonly nodes: readonly NodeMark[];
  uses: number;
}

const nothing: Written = { addresses: [], elements: new Map(), shares: [] };

export class FamilyTable {
  readonly family: Family;
  readonly #findDevice: FindDevice;
  readonly #writer;
  readonly #marks = new NodeMarks();
  readonly #written = new Map<string, Written>();
  readonly #shared = new Map<string, SharedUse>();
  /** How many load balancers have it. */
  readonly #addressUses = new Map<string, number>();
  /** What is in `nodes`, `node-addresses` and `marks`, by collection and key. */
  #nodes: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map();
  #lastId = 0;

  constructor(family: Family, findDevice: FindDevice) {
    this.family = family;
    this.#findDevice = findDevice;
    this.#writer = nftWriter(nftFamily(family), tableName);
  }

  /** Whose mark it is. */
  nodeOf(mark: number): NodeMark | undefined {
    return this.#marks.all().find((node) => node.mark === mark);
  }

  /** All that load balancers have. */
  get addresses(): readonly string[] {
    return [...this.#addressUses.keys()];
  }

  /** Whether packets are to be sent on. */
  get hasNodes(): boolean {
    return this.#marks.all().length > 0;
  }

  /** Those that packets of `VIP` may be sent to. */
  get vipNodes(): readonly NodeMark[] {
    return this.#marks.all().filter(({ mode }) => mode === 'VIP');
  }

  /** An empty one instead of whatever there is. */
  begin(pools: readonly string[]): readonly string[] {
    const writer = this.#writer;
    const chains = chainsOf(this.family);
    return [
      ...removed(this.family),
      writer.addTable(tableComment),
      ...collectionsOf(this.family).map((each) => writer.addCollection(each)),
      ...(pools.length === 0 ? [] : [writer.addElements('pools', pools)]),
      ...chains.map((chain) => writer.addChain(chain)),
      ...chains.flatMap(({ name, rules }) => rules.map((rule) => writer.addRule(name, rule))),
    ];
  }

  /** @param forwarding null: nothing of it stays */
  change(name: string, forwarding: Forwarding | null): readonly string[] {
    const lines: string[] = [];
    const before = this.#written.get(name) ?? nothing;
    const wanted = forwarding && wantedOf(this.family, forwarding);
    const after = wanted && wanted.addresses.length > 0 ? this.#write(wanted, lines) : nothing;
    const nodes = () => {
      const now = this.#nodeElements();
      lines.push(...this.#difference(this.#nodes, now));
      this.#nodes = now;
    };
    nodes();
    lines.push(...this.#useAddresses(before.addresses, after.addresses));
    lines.push(...this.#difference(before.elements, after.elements));
    for (const key of before.shares) this.#release(key, lines);
    nodes();
    if (after === nothing) this.#written.delete(name);
    else this.#written.set(name, after);
    return lines;
  }

  #write(wanted: Wanted, lines: string[]): Written {
    const elements = new Map<string, Map<string, string>>();
    const put = (collection: string, key: string, data: string) => {
      const of = elements.get(collection) ?? new Map<string, string>();
      elements.set(collection, of.set(key, data));
    };
    const shares: string[] = [];
    const share = (key: string, make: (id: number) => Made): string => {
      shares.push(key);
      return this.#share(key, make, lines);
    };
    const to = this.#shareTargets(wanted, share);
    const from =
      wanted.sourceRanges &&
      share(`from ${wanted.sourceRanges.join(' ')}`, (id) => ({
        shared: rangesOf(id, this.family, wanted.sourceRanges ?? []),
        nodes: [],
      }));
    for (const { key, nodePort } of destinationsOf(wanted)) {
      if (from !== null) put('source-ranges', key, `jump ${from}`);
      if (to !== null) put(wanted.mode === 'VIP' ? 'vip' : 'proxy', key, `goto ${to}`);
      // Also without targets: connections that live go on.
      if (wanted.mode === 'Proxy') put('node-ports', key, String(nodePort));
    }
    return { addresses: wanted.addresses, elements, shares };
  }

  /** The chain that deals to them; null where nobody gets anything. */
  #shareTargets(
    { mode, affinity, targets }: Wanted,
    share: (key: string, make: (id: number) => Made) => string,
  ): string | null {
    const found = targets.flatMap((target) => {
      const device = mode === 'VIP' ? this.#findDevice(target) : null;
      return mode === 'VIP' && device === null ? [] : [{ target, device }];
    });
    if (mode === 'Proxy' && found.length === 0) return null;
    const names = found.map(
      ({ target, device }) => `${target.node} ${target.address} ${device ?? ''}`,
    );
    return share(`to ${mode} ${affinity} ${names.join(',')}`, (id) => {
      const nodes = found.map(({ target, device }) => this.#marks.use(target, mode, device));
      return { shared: dealingOf(id, { family: this.family, mode, affinity, nodes }), nodes };
    });
  }

  /** @returns the name of its chain */
  #share(key: string, make: (id: number) => Made, lines: string[]): string {
    const known = this.#shared.get(key);
    if (known) {
      known.uses += 1;
      return known.shared.chain.name;
    }
    const made = make((this.#lastId += 1));
    this.#shared.set(key, { ...made, uses: 1 });
    const { chain, collections } = made.shared;
    for (const { collection, elements } of collections) {
      lines.push(this.#writer.addCollection(collection));
      lines.push(this.#writer.addElements(collection.name, elements));
    }
    lines.push(this.#writer.addChain(chain));
    lines.push(...chain.rules.map((rule) => this.#writer.addRule(chain.name, rule)));
    return chain.name;
  }

  #release(key: string, lines: string[]): void {
    const known = this.#shared.get(key);
    if (!known) return;
    known.uses -= 1;
    if (known.uses > 0) return;
    this.#shared.delete(key);
    const { chain, collections } = known.shared;
    lines.push(this.#writer.flushChain(chain.name), this.#writer.deleteChain(chain.name));
    lines.push(...collections.map(({ collection }) => this.#writer.deleteCollection(collection)));
    for (const node of known.nodes) this.#marks.leave(node);
  }

  /** An address of two is there until both have gone. */
  #useAddresses(before: readonly string[], after: readonly string[]): readonly string[] {
    const uses = this.#addressUses;
    const first = after.filter((address) => !uses.has(address));
    for (const address of after) uses.set(address, (uses.get(address) ?? 0) + 1);
    for (const address of before) uses.set(address, (uses.get(address) ?? 0) - 1);
    const last = before.filter((address) => uses.get(address) === 0);
    for (const address of last) uses.delete(address);
    return [
      ...(last.length === 0 ? [] : [this.#writer.deleteElements('addresses', last)]),
      ...(first.length === 0 ? [] : [this.#writer.addElements('addresses', first)]),
    ];
  }

  #nodeElements(): ReadonlyMap<string, ReadonlyMap<string, string>> {
    const all = this.#marks.all();
    const proxied = all.filter(({ mode }) => mode === 'Proxy');
    return new Map([
      ['nodes', new Map(proxied.map((node) => [markText(node.mark), node.target.address]))],
      ['node-addresses', new Map(proxied.map((node) => [node.target.address, '']))],
      ['marks', new Map(this.vipNodes.map((node) => [markText(node.mark), '']))],
    ]);
  }

  #difference(before: Written['elements'], after: Written['elements']): readonly string[] {
    return [...new Set([...before.keys(), ...after.keys()])].flatMap((collection) => {
      const old = before.get(collection) ?? new Map<string, string>();
      const wanted = after.get(collection) ?? new Map<string, string>();
      const gone = [...old].filter(([key, data]) => wanted.get(key) !== data);
      const come = [...wanted].filter(([key, data]) => old.get(key) !== data);
      return [
        ...(gone.length === 0
          ? []
          : [
              this.#writer.deleteElements(
                collection,
                gone.map(([key]) => key),
              ),
            ]),
        ...(come.length === 0
          ? []
          : [
              this.#writer.addElements(
                collection,
                come.map(([key, data]) => (data === '' ? key : `${key} : ${data}`)),
              ),
            ]),
      ];
    });
  }
}

interface Made {
  readonly shared: Shared;
  readonly nodes: readonly NodeMark[];
}

/** Commands that leave no table, whether there is one or not. */
export function removed(family: Family): readonly string[] {
  const writer = nftWriter(nftFamily(family), tableName);
  return [writer.addTable(tableComment), writer.deleteTable()];
}
