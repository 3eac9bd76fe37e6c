/** Which nodes a load balancer may send to. Whether they are ready is not asked here: health checks find out. */
import { isDeepStrictEqual } from 'node:util';
import { exclusionLabel, goingTaint } from '../facts/nodes.ts';
import type { Node } from '../service.ts';

/** Upstream's stable set of nodes (KEP-3458). */
export function eligibleNodes(nodes: readonly Node[]): readonly Node[] {
  return nodes.filter(
    (node) => node.metadata.deletionTimestamp === undefined && isIncluded(node) && !isGoing(node),
  );
}

/**
 * Whether every load balancer must be looked at because this node changed. The taint alone is no reason: it counts
 * when they are looked at next, so that the connections of a node that still runs are not cut.
 */
export function mattersToAll(before: Node, after: Node): boolean {
  return isIncluded(before) !== isIncluded(after) || !isDeepStrictEqual(idOf(before), idOf(after));
}

/** Whether a load balancer that sends to the one may stay as it is for the other. */
export function isSameSet(one: readonly Node[], other: readonly Node[]): boolean {
  return isDeepStrictEqual(new Map(one.map(entryOf)), new Map(other.map(entryOf)));
}

function entryOf(node: Node) {
  return [node.metadata.name, idOf(node)] as const;
}

/** How a cloud knows it. Upstream's clouds look machines up by the ID; this one sends to the addresses. */
function idOf({ spec, status }: Node) {
  return { providerID: spec?.providerID ?? '', addresses: status?.addresses ?? [] };
}

/** A value that says no takes a node in again, one that is no boolean leaves it out, as the newest upstream. */
function isIncluded({ metadata: { labels = {} } }: Node): boolean {
  const value = labels[exclusionLabel];
  return value === undefined || goFalse.has(value);
}

/** What Go reads as false. */
const goFalse: ReadonlySet<string> = new Set(['0', 'f', 'F', 'false', 'FALSE', 'False']);

function isGoing({ spec }: Node): boolean {
  return spec?.taints?.some(({ key }) => key === goingTaint) ?? false;
}
