/**
 * Rules and routes of the kernel's routing that are ours, known by their protocol number: what is wanted, what there
 * is, and the commands of iproute2 between the two.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { kernelFamilies } from '../../kit/kernel-families.ts';
import { routeProtocols } from '../../kit/l4/local-addresses.ts';
import type { Family } from '../service.ts';
import { markText } from './marks.ts';

const routingProtocol = routeProtocols.cloudLoadBalancerKernel;
const rulePriority = 20_000;
/** A pool may be one address: the route of its own comes first. */
const poolMetric = 20_000;

export interface RoutingItem {
  readonly family: Family;
  readonly key: string;
  readonly add: string;
  readonly remove: string;
}

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
  const route = `unreachable ${cidr} proto ${routingProtocol} metric ${poolMetric}`;
  return {
    family,
    key: `${family} unreachable ${cidr}`,
    add: `route replace ${route}`,
    remove: `route del ${route}`,
  };
}

/** The kernel answers for the address by ARP or NDP. */
export function neighbourAnswer(family: Family, address: string, device: string): RoutingItem {
  const neighbour = `proxy ${address} dev ${device}`;
  return {
    family,
    key: `${family} neighbour ${address} ${device}`,
    add: `neighbour replace ${neighbour}`,
    remove: `neighbour del ${neighbour}`,
  };
}

/**
 * ARP is answered for addresses only that a route leads to, by another interface. Whoever asks by NDP for one that it
 * knows asks the address itself: that is answered only where a route leads to it, by that interface.
 *
 * @param device for IPv6
 */
export function addressRoute(family: Family, address: string, device: string): RoutingItem {
  const way = family === 'IPv4' ? `${address}/32 dev lo` : `${address}/128 dev ${device}`;
  const route = `${way} proto ${routingProtocol}`;
  return {
    family,
    key: `${family} address ${way}`,
    add: `route replace ${route}`,
    remove: `route del ${route}`,
  };
}

export function byKey(items: readonly RoutingItem[]): ReadonlyMap<string, RoutingItem> {
  return new Map(items.map((item) => [item.key, item]));
}

/**
 * All of ours that there are. Answers for neighbours have no protocol number: those in the pools are ours.
 *
 * @param announced whether an address is from a pool
 */
export async function listRouting(
  announced: (address: string) => boolean,
): Promise<ReadonlyMap<string, RoutingItem>> {
  const items: RoutingItem[] = [];
  for (const family of kernelFamilies()) {
    for (const rule of await ipJson<ListedRule>(family, ['rule', 'show'])) {
      if (rule.protocol !== String(routingProtocol)) continue;
      items.push(markRule(family, Number(rule.fwmark ?? rule.table)));
    }
    const ours = ['route', 'show', 'table', 'all', 'proto', String(routingProtocol)];
    for (const { type, dst, gateway, dev, table } of await ipJson<ListedRoute>(family, ours)) {
      if (type === unreachable) items.push(poolRoute(family, dst));
      else if (gateway && dev) items.push(nodeRoute(family, Number(table), gateway, dev));
      else items.push(addressRoute(family, dst, dev ?? ''));
    }
    const neighbours = ['neighbour', 'show', 'proxy'];
    for (const { dst, dev } of await ipJson<ListedNeighbour>(family, neighbours)) {
      // Asked for one family, ip lists those of IPv6, too.
      const isOfFamily = dst.includes(':') === (family === 'IPv6');
      if (isOfFamily && announced(dst)) items.push(neighbourAnswer(family, dst, dev));
    }
  }
  return byKey(items);
}

/** The number that iproute2 prints. */
const unreachable = '7';

interface ListedNeighbour {
  readonly dst: string;
  readonly dev: string;
}

interface ListedRule {
  readonly fwmark?: string;
  readonly table?: string;
  readonly protocol?: string;
}

interface ListedRoute {
  readonly type?: string;
  readonly dst: string;
  readonly gateway?: string;
  readonly dev?: string;
  readonly table?: string;
}

const run = promisify(execFile);

async function ipJson<Item>(family: Family, command: readonly string[]): Promise<readonly Item[]> {
  const { stdout } = await run('ip', ['-j', '-N', family === 'IPv4' ? '-4' : '-6', ...command], {
    maxBuffer: 64 << 20,
  });
  // What iproute2 prints of its own.
  return stdout.trim() === '' ? [] : (JSON.parse(stdout) as readonly Item[]);
}
