/** What Services share that want the same: how targets are dealt to, and who may come. */
import type { Chain, Collection, NftFamily, Rule } from '../../kit/nftables/model.ts';
import { dealSlots } from '../slots.ts';
import { destinationKey, flowKey, keepers, logGroup, nftFamily, timeouts } from './layout.ts';
import { markText, type NodeMark } from './marks.ts';
import type { Family } from '../service.ts';

/** A chain, and the sets and maps that it looks into. */
export interface Shared {
  readonly chain: Chain;
  readonly collections: readonly {
    readonly collection: Collection;
    readonly elements: readonly string[];
  }[];
}

export interface Dealing {
  readonly family: Family;
  readonly mode: 'VIP' | 'Proxy';
  readonly affinity: 'None' | 'ClientIP';
  /** In `VIP` none is refused; in `Proxy` there is at least one. */
  readonly nodes: readonly NodeMark[];
}

/** @param id of its own: its chain is `to-1` */
export function dealingOf(id: number, dealing: Dealing): Shared {
  const { nodes } = dealing;
  const slots = dealSlots(nodes.map(({ target }) => target.node));
  const collections = [
    {
      collection: { name: `members-${id}`, by: 'type', key: ['mark'] } as const,
      elements: nodes.map(({ mark }) => markText(mark)),
    },
    ...(nodes.length < 2
      ? []
      : [
          {
            collection: {
              name: `slots-${id}`,
              by: 'typeof',
              key: ['numgen inc mod 256'],
              data: ['meta mark'],
            } as const,
            elements: slots.map((place, slot) => `${slot} : ${markText(nodes[place]?.mark ?? 0)}`),
          },
        ]),
  ];
  const rules = dealing.mode === 'VIP' ? vipRules(id, dealing) : proxyRules(id, dealing);
  return {
    chain: { name: `to-${id}`, rules: rules.map((text): Rule => ({ text })) },
    collections: collections.filter(({ elements }) => elements.length > 0),
  };
}

/** A segment of a connection that began before. */
const midStream = 'tcp flags & (fin | syn | rst | ack) != syn';

function vipRules(id: number, { family, affinity, nodes }: Dealing): readonly string[] {
  const ip = nftFamily(family);
  const key = flowKey(ip, affinity);
  const find = `meta mark set ${key} map @flows`;
  const beginning = ['notrack meta mark set 0x0'];
  if (nodes.length === 0) {
    return [
      ...beginning,
      `${find} meta mark @marks ${midStream} goto ${keepers[affinity]}`,
      'goto refuse',
    ];
  }
  const timeout = affinity === 'None' ? timeouts.opening : timeouts.client;
  return [
    ...beginning,
    `${find} meta mark @members-${id} goto ${keepers[affinity]}`,
    // Whose node is no target any more.
    `meta mark @marks ${midStream} goto ${keepers[affinity]}`,
    `delete @flows { ${key} : meta mark }`,
    `meta mark set ${pick(ip, id, affinity, nodes)} log group ${logGroup}`,
    `add @flows { ${key} timeout ${timeout} : meta mark } accept`,
    'accept',
  ];
}

function proxyRules(id: number, { family, affinity, nodes }: Dealing): readonly string[] {
  const ip = nftFamily(family);
  const send =
    'meta l4proto { tcp, udp, sctp } ' +
    `dnat ${ip} to meta mark map @nodes : ${destinationKey(ip)} map @node-ports`;
  const choose = pick(ip, id, affinity, nodes);
  const know = 'ct mark set meta mark';
  if (affinity === 'None') return [`meta mark set ${choose}`, know, send];
  const key = flowKey(ip, affinity);
  return [
    'meta mark set 0x0',
    `meta mark set ${key} map @flows`,
    `meta mark != @members-${id} meta mark set 0x0`,
    `meta mark 0x0 delete @flows { ${key} : meta mark }`,
    `meta mark 0x0 meta mark set ${choose}`,
    `update @flows { ${key} timeout ${timeouts.client} : meta mark }`,
    know,
    send,
  ];
}

/** Every load balancer deals alike, also after a restart: the seed is the same. */
function pick(
  ip: NftFamily,
  id: number,
  affinity: Dealing['affinity'],
  nodes: readonly NodeMark[],
): string {
  const [only] = nodes;
  if (nodes.length === 1 && only) return markText(only.mark);
  const client = affinity === 'None' ? `${ip} saddr . th sport` : `${ip} saddr`;
  return `jhash ${client} mod 256 seed 0x1b map @slots-${id}`;
}

/** @param ranges of the family, none within another; none: nobody may come */
export function rangesOf(id: number, family: Family, ranges: readonly string[]): Shared {
  const ip = nftFamily(family);
  const chain = (rules: readonly Rule[]): Chain => ({ name: `from-${id}`, rules });
  if (ranges.length === 0) return { chain: chain([{ text: 'drop' }]), collections: [] };
  return {
    chain: chain([{ text: `${ip} saddr != @ranges-${id} drop` }]),
    collections: [
      {
        collection: {
          name: `ranges-${id}`,
          by: 'type',
          key: [family === 'IPv4' ? 'ipv4_addr' : 'ipv6_addr'],
          flags: ['interval'],
        },
        elements: ranges,
      },
    ],
  };
}
