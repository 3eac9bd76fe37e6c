/** Code blocks are the same to the letter, but for comment lines: a reader copies them. */
import type { MdastNode } from 'satteri';
import type { Check, Finding } from '../check.ts';
import { lineOf, walk } from '../nodes.ts';
import { sectionPairs } from '../pairs.ts';

export const checkCodeFences: Check = (translation) =>
  sectionPairs(translation).flatMap(({ unit, file, english, translated }): Finding[] => {
    const expected = fences(english.nodes);
    const found = fences(translated.nodes);
    if (expected.length !== found.length) {
      return [
        {
          file,
          line: translated.line,
          expected: `${expected.length} code blocks`,
          found: String(found.length),
          fix: 'Keep the code blocks of the English section.',
          unit,
        },
      ];
    }
    return expected.flatMap((fence, index) => {
      const other = found[index];
      const difference = other === undefined ? null : firstDifference(fence.lines, other.lines);
      if (difference === null || other === undefined) return [];
      return [
        {
          file,
          line: other.line + difference,
          expected: quote(fence.lines[difference]),
          found: quote(other.lines[difference]),
          fix: 'Copy the code block from English.',
          unit,
        },
      ];
    });
  });

/** The first line is the fence itself: its language, and its options but for the title. */
function fences(nodes: readonly MdastNode[]): { line: number; lines: string[] }[] {
  return [...walk(nodes)].flatMap((node) => {
    if (node.type !== 'code') return [];
    const options = (node.meta ?? '').replace(/\btitle=("[^"]*"|'[^']*')/u, '').trim();
    const opening = `\`\`\`${[node.lang ?? '', options].join(' ').trim()}`;
    return [{ line: lineOf(node), lines: [opening, ...node.value.split('\n')] }];
  });
}

function firstDifference(one: readonly string[], other: readonly string[]): number | null {
  const length = Math.max(one.length, other.length);
  const index = Array.from({ length }, (_, line) => line).find(
    (line) => comparable(one[line]) !== comparable(other[line]),
  );
  return index ?? null;
}

/** A comment is prose: it is translated, and stays where it is. */
function comparable(line: string | undefined): string | undefined {
  return line?.replace(/^(\s*#) .*$/u, '$1');
}

function quote(line: string | undefined): string {
  return line === undefined ? 'no such line' : JSON.stringify(line);
}
