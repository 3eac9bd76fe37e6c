/**
 * The chains that all Services with as many endpoints share: `pick-3` sends to one of three. They are made when
 * the first element leads to them.
 */
import type { Chain, NftFamily } from '../../kit/nftables/model.ts';
import { clientExpression } from './layout.ts';
import { firstLocalSlot, type CollectionName } from './layout-facts.ts';

/** Which frontends a chain is for, and where it finds their endpoints. */
export interface ChainKind {
  /** `pick-`, with the number of endpoints behind it. */
  readonly pick: string;
  /** The same, after asking where the client was sent before. */
  readonly affinity: string;
  /** With the protocol before it. */
  readonly endpoints: 'endpoints' | 'nodeport-endpoints';
  readonly firstSlot: number;
  readonly ids: CollectionName;
}

/** By what the frontend is, and whether its Local endpoints are meant. */
export const chainKinds = {
  address: {
    all: {
      pick: 'pick-',
      affinity: 'affinity-',
      endpoints: 'endpoints',
      firstSlot: 0,
      ids: 'affinity-ids',
    },
    local: {
      pick: 'pick-local-',
      affinity: 'affinity-local-',
      endpoints: 'endpoints',
      firstSlot: firstLocalSlot,
      ids: 'local-affinity-ids',
    },
  },
  nodePort: {
    all: {
      pick: 'pick-nodeport-',
      affinity: 'affinity-nodeport-',
      endpoints: 'nodeport-endpoints',
      firstSlot: 0,
      ids: 'nodeport-affinity-ids',
    },
    local: {
      pick: 'pick-local-nodeport-',
      affinity: 'affinity-local-nodeport-',
      endpoints: 'nodeport-endpoints',
      firstSlot: firstLocalSlot,
      ids: 'local-nodeport-affinity-ids',
    },
  },
} as const satisfies Record<string, Record<string, ChainKind>>;

/** Which map has the endpoints: each protocol has its own, so that the kernel knows what a port is. */
export function endpointsMap(
  { endpoints }: Pick<ChainKind, 'endpoints'>,
  protocol: 'tcp' | 'udp' | 'sctp',
): CollectionName {
  return `${protocol}-${endpoints}`;
}

export const rememberChain = 'remember-';

/** The chain that a verdict leads to, if it is a shared one: `pick-3` of `goto pick-3`. */
export function sharedChainOf(verdict: string): string | null {
  return sharedVerdict.exec(verdict)?.[1] ?? null;
}

const sharedVerdict = /^(?:goto|jump) ((?:pick|affinity|remember)-.*\d)$/;

export function isSharedChain(name: string): boolean {
  return sharedName.test(name);
}

const sharedName = /^(?:(pick|affinity)(-local)?(-nodeport)?|remember)-(\d+)$/;

/** The chains that a shared chain needs, itself last. */
export function withNeededChains(name: string): readonly string[] {
  return name.startsWith('affinity-') ? [name.replace('affinity-', 'pick-'), name] : [name];
}

/** What is in a shared chain. */
export function sharedChain(family: NftFamily, name: string): Chain {
  const [, action, local, nodePort, number = ''] = sharedName.exec(name) ?? [];
  if (action === undefined) return { name, rules: remember(family, number) };
  const kind: ChainKind =
    chainKinds[nodePort === undefined ? 'address' : 'nodePort'][
      local === undefined ? 'all' : 'local'
    ];
  const address = nodePort === undefined ? `${family} daddr . ` : '';
  const offset = kind.firstSlot === 0 ? '' : ` offset ${kind.firstSlot}`;
  const rules =
    action === 'pick'
      ? (['tcp', 'udp', 'sctp'] as const).map(
          (protocol) =>
            `dnat ${family} to ${address}${protocol} dport . numgen random mod ${number}${offset}` +
            ` map @${endpointsMap(kind, protocol)}`,
        )
      : [
          `ct mark set ${address}meta l4proto . th dport map @${kind.ids}`,
          `meta l4proto { tcp, udp, sctp } dnat ${family} to ${recalled(family)}`,
          `goto ${kind.pick}${number}`,
        ];
  return { name, rules: rules.map((text) => ({ text })) };
}

function recalled(family: NftFamily): string {
  const key = `${clientExpression(family, `${family} saddr`)} . ct mark`;
  return family === 'ip'
    ? `${key} map @affinity`
    : `${key} map @affinity : ${key} map @affinity-ports`;
}

function remember(family: NftFamily, seconds: string): Chain['rules'] {
  const client = clientExpression(family, `ct original ${family} saddr`);
  const key = `${client} . ct mark timeout ${seconds}s`;
  const updates =
    family === 'ip'
      ? [`update @affinity { ${key} : ip daddr . th dport }`]
      : [`update @affinity { ${key} : ip6 daddr }`, `update @affinity-ports { ${key} : th dport }`];
  return updates.map((text) => ({ text }));
}
