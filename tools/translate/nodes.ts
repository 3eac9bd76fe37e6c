/** Walks the tree of a section. */
import type { MdastNode } from 'satteri';

/** A node and all below it, in the order of the text. */
export function* walk(nodes: readonly MdastNode[]): Generator<MdastNode> {
  for (const node of nodes) {
    yield node;
    if ('children' in node) yield* walk(node.children as readonly MdastNode[]);
  }
}

/** The line a node starts on. */
export function lineOf(node: MdastNode): number {
  return node.position?.start.line ?? 1;
}
