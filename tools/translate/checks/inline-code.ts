/** Flag names, paths and other code within the text are the same, whatever their order. */
import type { MdastNode } from 'satteri';
import { type Check, type Finding, messageUnit, type Translation } from '../check.ts';
import { walk } from '../nodes.ts';
import { sectionPairs } from '../pairs.ts';
import { without } from '../set-difference.ts';

export const checkInlineCode: Check = (translation) => [
  ...inPages(translation),
  ...inMessages(translation),
];

function inPages(translation: Translation): Finding[] {
  return sectionPairs(translation).flatMap(({ unit, file, english, translated }) =>
    compare(codeOf(english.nodes), codeOf(translated.nodes), {
      unit,
      file,
      line: translated.line,
    }),
  );
}

function inMessages({ messages }: Translation): Finding[] {
  return messages.flatMap(({ namespace, file, english, translated, lineOf }) =>
    translated.flatMap(({ key, forms }) => {
      const source = english.find((unit) => unit.key === key);
      if (source === undefined) return [];
      const expected = [...source.forms.values()].flatMap(spans);
      return [...forms].flatMap(([form, text]) =>
        compare(expected, spans(text), {
          unit: messageUnit(namespace, key),
          file,
          line: lineOf(key, form),
        }),
      );
    }),
  );
}

function compare(
  english: readonly string[],
  translated: readonly string[],
  where: Pick<Finding, 'unit' | 'file' | 'line'>,
): Finding[] {
  const missing = without(english, translated);
  const surplus = without(translated, english);
  if (missing.length + surplus.length === 0) return [];
  return [
    {
      ...where,
      expected: list(missing.length > 0 ? missing : english),
      found: list(surplus),
      fix: 'Write the same code between backticks as in English.',
    },
  ];
}

function codeOf(nodes: readonly MdastNode[]): string[] {
  return [...walk(nodes)].flatMap((node) => (node.type === 'inlineCode' ? [node.value] : []));
}

function spans(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/gu)].map(([, code]) => code ?? '');
}

function list(codes: readonly string[]): string {
  return codes.length === 0 ? 'none' : codes.map((code) => `\`${code}\``).join(', ');
}
