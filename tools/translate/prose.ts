/** The words of a section or a message: what a reader reads, without code and placeholders. */
import type { MdastNode } from 'satteri';
import { FRONTMATTER, type Section } from '../../src/i18n/sections.ts';
import { messageUnit, sectionUnit, type Translation } from './check.ts';

/** A paragraph, heading, cell or attribute. Code stands in it as {@link CODE}. */
export interface Chunk {
  readonly text: string;
  /** Line of the file it starts on; a newline in the text starts the next. */
  readonly line: number;
}

/** A section or message form in both languages. */
export interface Passage {
  readonly unit: string;
  readonly file: string;
  readonly english: readonly Chunk[];
  readonly translated: readonly Chunk[];
}

/** What stands for a span of code, a placeholder or an expression: no word, no white space. */
export const CODE = '\uFFFC';

/** Attributes of components whose text is read, so translated; all others are identity. */
export const readAttributes: ReadonlySet<string> = new Set([
  'title',
  'label',
  'alt',
  'caption',
  'summary',
  'description',
  'aria-label',
]);

/** Every passage that both languages have. */
export function passages({ pages, messages }: Translation): Passage[] {
  const ofPages = pages.flatMap(({ name, file, english, translated }) =>
    (translated?.sections ?? []).flatMap((section): Passage[] => {
      const source = english?.sections.find(({ anchor }) => anchor === section.anchor);
      if (source === undefined) return [];
      return [
        {
          unit: sectionUnit(name, section.anchor),
          file,
          english: sectionProse(source),
          translated: sectionProse(section),
        },
      ];
    }),
  );
  const ofMessages = messages.flatMap(({ namespace, file, english, translated, lineOf }) =>
    translated.flatMap(({ key, forms }) => {
      const source = english.find((unit) => unit.key === key);
      if (source === undefined) return [];
      return [...forms].map(([form, text]): Passage => {
        const original = source.forms.get(form) ?? [...source.forms.values()].at(-1) ?? '';
        return {
          unit: messageUnit(namespace, key),
          file,
          english: [{ text: messageProse(original), line: 1 }],
          translated: [{ text: messageProse(text), line: lineOf(key, form) }],
        };
      });
    }),
  );
  return [...ofPages, ...ofMessages];
}

/** @example messageProse('See `--port` of {{count}} hops'); // 'See \uFFFC of \uFFFC hops' */
export function messageProse(text: string): string {
  return text.replace(/`[^`]*`|\{\{[^}]*\}\}|\$t\([^)]*\)|<[^>]*>/gu, CODE);
}

/** The text of a chunk's line that a match was found on. */
export function lineOfMatch(chunk: Chunk, index: number): number {
  return chunk.line + chunk.text.slice(0, index).split('\n').length - 1;
}

export function sectionProse(section: Section): Chunk[] {
  if (section.anchor === FRONTMATTER) {
    const text = section.source.replace(/^\w+: /gmu, '');
    return text === '' ? [] : text.split('\n').map((line) => ({ text: line, line: section.line }));
  }
  return section.nodes.flatMap(blockProse);
}

const blocks = new Set(['heading', 'paragraph', 'tableCell']);

function blockProse(node: MdastNode): Chunk[] {
  const line = node.position?.start.line ?? 1;
  const read = attributeTexts(node).map((text) => ({ text, line }));
  const children = 'children' in node ? (node.children as readonly MdastNode[]) : [];
  if (!blocks.has(node.type)) return [...read, ...children.flatMap(blockProse)];
  return [
    { text: children.map(inlineProse).join(''), line },
    ...children.flatMap(inlineAttributes).map((text) => ({ text, line })),
  ];
}

function inlineProse(node: MdastNode): string {
  if (node.type === 'text') return node.value;
  if (node.type === 'break') return '\n';
  if ('children' in node) {
    const text = (node.children as readonly MdastNode[]).map(inlineProse).join('');
    return text === '' ? CODE : text;
  }
  return CODE;
}

function inlineAttributes(node: MdastNode): string[] {
  const children = 'children' in node ? (node.children as readonly MdastNode[]) : [];
  return [...attributeTexts(node), ...children.flatMap(inlineAttributes)];
}

function attributeTexts(node: MdastNode): string[] {
  if (node.type === 'image') return node.alt ? [node.alt] : [];
  if (node.type !== 'mdxJsxFlowElement' && node.type !== 'mdxJsxTextElement') return [];
  return node.attributes.flatMap((attribute) =>
    attribute.type === 'mdxJsxAttribute' &&
    readAttributes.has(attribute.name) &&
    typeof attribute.value === 'string'
      ? [attribute.value]
      : [],
  );
}
