/** The same components with the same ids and values, in the same order. */
import type { MdastNode } from 'satteri';
import type { Check, Finding } from '../check.ts';
import { lineOf, walk } from '../nodes.ts';
import { sectionPairs } from '../pairs.ts';
import { readAttributes } from '../prose.ts';

export const checkComponents: Check = (translation) =>
  sectionPairs(translation).flatMap(({ unit, file, english, translated }): Finding[] => {
    const expected = components(english.nodes);
    const found = components(translated.nodes);
    const index = expected.findIndex(({ text }, position) => found[position]?.text !== text);
    const at = index === -1 && found.length > expected.length ? expected.length : index;
    if (at === -1) return [];
    return [
      {
        file,
        line: found[at]?.line ?? translated.line,
        expected: expected[at]?.text ?? 'no more components in this section',
        found: found[at]?.text ?? 'none',
        fix: 'Keep the components of the English section, in its order, with their ids.',
        unit,
      },
    ];
  });

function components(nodes: readonly MdastNode[]): { text: string; line: number }[] {
  return [...walk(nodes)].flatMap((node) => {
    const text = identity(node);
    return text === null ? [] : [{ text, line: lineOf(node) }];
  });
}

/** A component without what is read in it, or null for text and plain HTML. */
function identity(node: MdastNode): string | null {
  if (node.type !== 'mdxJsxFlowElement' && node.type !== 'mdxJsxTextElement') return null;
  if (node.name === null || !/^[A-Z]/u.test(node.name)) return null;
  const attributes = node.attributes.flatMap((attribute) => {
    if (attribute.type === 'mdxJsxExpressionAttribute') return [`{${attribute.value}}`];
    // Where a link goes is another check's matter: it differs by language.
    if (readAttributes.has(attribute.name) || attribute.name === 'href') return [];
    const { name, value } = attribute;
    if (value === null || value === undefined) return [name];
    return [typeof value === 'string' ? `${name}="${value}"` : `${name}={${value.value}}`];
  });
  return `<${[node.name, ...attributes.sort()].join(' ')}>`;
}
