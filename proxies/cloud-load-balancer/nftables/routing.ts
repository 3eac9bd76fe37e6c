/**
 * Rules and routes of the kernel's routing that are ours, known by their protocol number: what is wanted, what there
 * is, and the commands of iproute2 between the two.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { IpBatch } from '../../kit/ip-batch.ts';
import type { Family } from '../service.ts';
import { markText } from './marks.ts';

/** Whose rules and routes they are, as `/etc/iproute2/rt_protos` numbers: nobody's but ours. */
export const routingProtocol = 203;
const rulePriority = 20_000;

export interface RoutingItem {
  readonly family: Family;
  readonly key: string;
  readonly add: string;
  readonly remove: string;
}

/** A batch of `ip` is about one family. */
export type IpBatches = Readonly<Record<Family, IpBatch>>;

/** Packets of that mark are looked up in the table of that number. */
export function markRule(family: Family, mark: number): RoutingItem {
  const rule = `pref ${rulePriority} fwmark ${markText(mark)} lookup ${mark} protocol ${routingProtocol}`;
  return {
    family,
    key: `${family} rule ${mark}`,
    add: `rule add ${rule}`,
    remove: `rule del ${rule}`,
  };
}

/** All of that table goes to the node. */
export function nodeRoute(
  family: Family,
  mark: number,
  address: string,
  device: string,
): RoutingItem {
  const route = `default via ${address} dev ${device} onlink table ${mark} proto ${routingProtocol}`;
  return {
    family,
    key: `${family} route ${mark} default ${address} ${device}`,
    add: `route replace ${route}`,
    remove: `route del ${route}`,
  };
}

/** What is addressed to nobody there, is refused, and goes in no circles. */
export function poolRoute(family: Family, cidr: string): RoutingItem {
  const route = `unreachable ${cidr} proto ${routingProtocol}`;
  return {
    family,
    key: `${family} unreachable ${cidr}`,
    add: `route replace ${route}`,
    remove: `route del ${route}`,
  };
}

/** Adds what is missing, and with `remove` takes away what is too much. */
export async function routingChange(
  batches: IpBatches,
  have: ReadonlyMap<string, RoutingItem>,
  want: ReadonlyMap<string, RoutingItem>,
  what: 'add' | 'remove',
): Promise<void> {
  const [of, not] = what === 'add' ? [want, have] : [have, want];
  const items = [...of.values()].filter(({ key }) => !not.has(key));
  for (const family of ['IPv4', 'IPv6'] as const) {
    const commands = items.filter((item) => item.family === family).map((item) => item[what]);
    if (commands.length > 0) await batches[family].run(commands);
  }
}

export function byKey(items: readonly RoutingItem[]): ReadonlyMap<string, RoutingItem> {
  return new Map(items.map((item) => [item.key, item]));
}

/** All of ours that there are. */
export async function listRouting(): Promise<ReadonlyMap<string, RoutingItem>> {
  const items: RoutingItem[] = [];
  for (const family of ['IPv4', 'IPv6'] as const) {
    for (const rule of await ipJson<ListedRule>([flagOf(family), 'rule', 'show'])) {
      if (rule.protocol !== String(routingProtocol)) continue;
      items.push(markRule(family, Number(rule.fwmark ?? rule.table)));
    }
    const routes = [
      flagOf(family),
      'route',
      'show',
      'table',
      'all',
      'proto',
      String(routingProtocol),
    ];
    for (const { type, dst, gateway, dev, table } of await ipJson<ListedRoute>(routes)) {
      if (type === '7') items.push(poolRoute(family, dst));
      else if (gateway && dev) items.push(nodeRoute(family, Number(table), gateway, dev));
    }
  }
  return byKey(items);
}

interface ListedRule {
  readonly fwmark?: string;
  readonly table?: string;
  readonly protocol?: string;
}

interface ListedRoute {
  /** A number: 7 is unreachable. */
  readonly type?: string;
  readonly dst: string;
  readonly gateway?: string;
  readonly dev?: string;
  readonly table?: string;
}

const run = promisify(execFile);

async function ipJson<Item>(command: readonly string[]): Promise<readonly Item[]> {
  const { stdout } = await run('ip', ['-j', '-N', ...command], { maxBuffer: 64 << 20 });
  // What iproute2 prints of its own.
  return stdout.trim() === '' ? [] : (JSON.parse(stdout) as readonly Item[]);
}

function flagOf(family: Family): string {
  return family === 'IPv4' ? '-4' : '-6';
}
