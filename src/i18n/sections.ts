/**
 * A page of prose cut into the sections that are translated, compared and dated one by one.
 *
 * It reads MDX with the parser that builds the site, so that both see the same headings.
 */
import { createHash } from 'node:crypto';
import { mdxToMdast, type MdastNode } from 'satteri';
import { parse as parseYaml } from 'yaml';

/** The section that is the frontmatter's title and description. */
export const FRONTMATTER = '#';

/** The section before the first heading. Real anchors hold no `#`, so neither name is ever taken. */
export const LEAD = '#lead';

export interface Section {
  /** `#`, `#lead`, or the explicit id of its heading. */
  readonly anchor: string;
  /** 1 for the frontmatter and the lead, else the heading's depth. */
  readonly depth: number;
  /** Line of the file it starts on, from 1. */
  readonly line: number;
  /** Hash of what it says: see {@link contentHash}. */
  readonly hash: string;
  /** Its MDX, as written. */
  readonly source: string;
  /** Its top-level nodes, the heading first. */
  readonly nodes: readonly MdastNode[];
}

export interface Page {
  readonly frontmatter: Readonly<Record<string, unknown>>;
  readonly sections: readonly Section[];
}

/**
 * Cuts an MDX file into sections, at each heading with an explicit `{#anchor}`.
 *
 * A heading without one belongs to the section above it; `hop translate check` reports it.
 *
 * @example
 * splitPage('---\ntitle: T\n---\nHello\n\n## Why {#why}\n\nBecause').sections.map((s) => s.anchor);
 * // ['#', '#lead', 'why']
 * @throws when the MDX or its frontmatter cannot be parsed.
 */
export function splitPage(source: string): Page {
  const root = mdxToMdast(source, { features: { headingAttributes: true } });
  const nodes = 'children' in root ? (root.children as readonly MdastNode[]) : [];
  const frontmatter = readFrontmatter(nodes);
  const sections: Section[] = [frontmatterSection(frontmatter)];
  let start = 0;
  const body = nodes.filter((node) => node.type !== 'yaml' && node.type !== 'mdxjsEsm');
  for (let end = 1; end <= body.length; end += 1) {
    const next = body[end];
    if (next !== undefined && headingAnchor(next) === null) continue;
    const section = makeSection(body.slice(start, end), source);
    if (section !== null) sections.push(section);
    start = end;
  }
  return { frontmatter, sections };
}

/**
 * The explicit id of a heading, or null for every other node.
 *
 * @example `## Why {#why}` gives `'why'`; `## Why` gives `null`.
 */
export function headingAnchor(node: MdastNode): string | null {
  if (node.type !== 'heading') return null;
  const properties: unknown = Reflect.get(node.data ?? {}, 'hProperties');
  const id: unknown = Reflect.get(Object(properties) as object, 'id');
  return typeof id === 'string' ? id : null;
}

/**
 * A short hash of a text in which runs of white space count as one space: reflowing a paragraph
 * changes nothing, a changed word does.
 *
 * @example contentHash('a  b\nc') === contentHash('a b c'); // true
 */
export function contentHash(text: string): string {
  return exactHash(collapse(text));
}

function readFrontmatter(nodes: readonly MdastNode[]): Record<string, unknown> {
  const node = nodes.find((candidate) => candidate.type === 'yaml');
  const data: unknown = node === undefined ? {} : parseYaml(node.value);
  return typeof data === 'object' && data !== null ? { ...data } : {};
}

function frontmatterSection(frontmatter: Record<string, unknown>): Section {
  const source = ['title', 'description']
    .filter((field) => typeof frontmatter[field] === 'string')
    .map((field) => `${field}: ${String(frontmatter[field])}`)
    .join('\n');
  return {
    anchor: FRONTMATTER,
    depth: 1,
    line: 1,
    hash: contentHash(source),
    source,
    nodes: [],
  };
}

function makeSection(nodes: readonly MdastNode[], source: string): Section | null {
  const first = nodes[0];
  if (first === undefined) return null;
  const anchor = headingAnchor(first);
  return {
    anchor: anchor ?? LEAD,
    depth: first.type === 'heading' && anchor !== null ? first.depth : 1,
    line: first.position?.start.line ?? 1,
    hash: exactHash(nodes.map((node) => canonical(node, source)).join('\n')),
    source: source.slice(startOf(first), endOf(nodes.at(-1) ?? first)),
    nodes,
  };
}

/** Code keeps its white space: there it means something. */
function canonical(node: MdastNode, source: string): string {
  const text = source.slice(startOf(node), endOf(node));
  return node.type === 'code' ? text.trim() : collapse(text);
}

function startOf(node: MdastNode): number {
  return node.position?.start.offset ?? 0;
}

function endOf(node: MdastNode): number {
  return node.position?.end.offset ?? 0;
}

function collapse(text: string): string {
  return text.normalize('NFC').replace(/\s+/gu, ' ').trim();
}

function exactHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
