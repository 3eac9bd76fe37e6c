/**
 * The endpoints of ports by policy, in the order of their numbers, and the ids of their affinity: as they were
 * before, as they are found in the kernel, and as they are to be.
 */
import type { ServicePort, ServicePortState } from '../service-port.ts';
import { AffinityIds } from './affinity-ids.ts';
import type { Frontend } from './frontends.ts';
import type { ListedElements } from './kernel-state.ts';
import type { CollectionName } from './layout-facts.ts';
import {
  backendText,
  endpointsPrefix,
  protocolOf,
  type EndpointList,
  type PlannedPort,
} from './port-elements.ts';
import { chainKinds, endpointsMap, type ChainKind } from './shared-chains.ts';
import { assignSlots } from './slots.ts';

/** Elements that were found in the kernel, by collection. */
export type Found = ReadonlyMap<CollectionName, ListedElements>;

/** The lists of one port. */
export type PolicyLists = Pick<PlannedPort, Policy>;

type Policy = 'cluster' | 'local';
const policies = ['cluster', 'local'] as const satisfies readonly Policy[];

export class EndpointLists {
  readonly #ids = new AffinityIds();

  /** The lists that a port is to have: what stays keeps its number, and a list its id. */
  plan(state: ServicePortState, before: PolicyLists | undefined): PolicyLists {
    return {
      cluster: this.#planned(state, 'cluster', before?.cluster),
      local: this.#planned(state, 'local', before?.local),
    };
  }

  #planned(
    state: ServicePortState,
    policy: Policy,
    before: EndpointList | undefined,
  ): EndpointList {
    const slots = assignSlots(before?.slots ?? [], state[policy].map(backendText));
    if (state.affinitySeconds === 0 || slots.length === 0) return { slots, affinityId: '' };
    const known = before?.affinityId ?? '';
    return { slots, affinityId: known === '' ? this.#ids.take(`${state.key} ${policy}`) : known };
  }

  /** Keeps the ids that were found: lists without endpoints, for now. */
  adopt(state: ServicePort, frontends: readonly Frontend[], found: Found): PolicyLists {
    const adopted = (policy: Policy): EndpointList => {
      const id = foundIds(state, frontends, policy, found).find((one) =>
        this.#ids.adopt(one, `${state.key} ${policy}`),
      );
      return { slots: [], affinityId: id ?? '' };
    };
    return { cluster: adopted('cluster'), local: adopted('local') };
  }

  /**
   * Gives back ids that are not used any more.
   *
   * @returns whether clients may be remembered with an endpoint that left
   */
  leave(before: PolicyLists, after: PolicyLists | undefined): boolean {
    let hasLeft = false;
    for (const policy of policies) {
      const { affinityId, slots } = before[policy];
      if (affinityId === '') continue;
      const now = after?.[policy];
      const isSame = now?.affinityId === affinityId;
      if (!isSame) this.#ids.release(affinityId);
      const left = new Set(isSame ? now.slots : []);
      if (slots.some((endpoint) => !left.has(endpoint))) hasLeft = true;
    }
    return hasLeft;
  }

  clear(): void {
    this.#ids.clear();
  }
}

/** The lists of a port as they were found; of ids, those that were adopted. */
export function foundLists(
  state: ServicePort,
  frontends: readonly Frontend[],
  found: Found,
  adopted: PolicyLists | undefined,
): PolicyLists {
  const list = (policy: Policy): EndpointList => ({
    slots: foundSlots(state, frontends, policy, found),
    affinityId: adopted?.[policy].affinityId ?? '',
  });
  return { cluster: list('cluster'), local: list('local') };
}

function foundSlots(
  state: ServicePort,
  frontends: readonly Frontend[],
  policy: Policy,
  found: Found,
): string[] {
  const slots: string[] = [];
  const protocol = protocolOf(state);
  for (const { key, kind } of frontends) {
    const chains = listChains(state, kind)[policy];
    if (chains === undefined) continue;
    const listed = found.get(endpointsMap(chains, protocol));
    if (listed === undefined || listed.size === 0) continue;
    const prefix = endpointsPrefix(key, protocol);
    for (;;) {
      const element = listed.get(`${prefix}${chains.firstSlot + slots.length}`);
      if (element === undefined) break;
      slots.push(element.data);
    }
    if (slots.length > 0) break;
  }
  return slots;
}

function foundIds(
  state: ServicePort,
  frontends: readonly Frontend[],
  policy: Policy,
  found: Found,
): readonly string[] {
  return frontends.flatMap(({ key, kind }) => {
    const { ids } = listChains(state, kind)[policy] ?? {};
    return (ids && found.get(ids)?.get(key)?.data) ?? [];
  });
}

/** Where the endpoints of a frontend are, by policy. */
function listChains(
  { isInternalLocal }: ServicePort,
  kind: Frontend['kind'],
): { readonly cluster?: ChainKind; readonly local?: ChainKind } {
  const { all, local } = chainKinds[kind === 'nodePort' ? 'nodePort' : 'address'];
  if (kind !== 'clusterIP') return { cluster: all, local };
  return isInternalLocal ? { local: all } : { cluster: all };
}
