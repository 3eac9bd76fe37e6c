/** The same sections, with explicit anchors, in the same order and at the same depth. */
import { headingAnchor, type Page } from '../../../src/i18n/sections.ts';
import { type Check, type Finding, type PagePair, sectionUnit } from '../check.ts';
import { lineOf, walk } from '../nodes.ts';

export const checkSections: Check = ({ pages }) =>
  pages.flatMap((pair) =>
    pair.translated === null || pair.english === null
      ? []
      : [
          ...anchorlessHeadings(pair.file, pair.translated),
          ...repeatedAnchors(pair.file, pair.translated),
          ...differentOutline(pair, pair.english, pair.translated),
        ],
  );

/** A heading that does not open a section: it lacks an id, or stands inside something. */
function anchorlessHeadings(file: string, page: Page): Finding[] {
  return page.sections.flatMap(({ nodes }) =>
    [...walk(nodes)]
      .filter((node) => node.type === 'heading')
      .filter((node) => node !== nodes[0] || headingAnchor(node) === null)
      .map((node): Finding => {
        const line = lineOf(node);
        return headingAnchor(node) === null
          ? {
              file,
              line,
              expected: 'a heading with an id',
              found: 'none',
              fix: 'Write {#anchor} after it, the same as in English.',
            }
          : {
              file,
              line,
              expected: 'a heading outside of components and lists',
              found: 'one inside',
              fix: 'Move it to the top level, so that it starts a section.',
            };
      }),
  );
}

function repeatedAnchors(file: string, page: Page): Finding[] {
  const seen = new Set<string>();
  return page.sections.flatMap(({ anchor, line }) => {
    if (!seen.has(anchor)) {
      seen.add(anchor);
      return [];
    }
    return [{ file, line, expected: 'each id once', found: `#${anchor} again`, fix: 'Rename it.' }];
  });
}

function differentOutline({ name, file }: PagePair, english: Page, translated: Page): Finding[] {
  const source = english.sections.map(({ anchor }) => anchor);
  const present = new Set(translated.sections.map(({ anchor }) => anchor));
  const missing = source
    .filter((anchor) => !present.has(anchor))
    .map((anchor): Finding => ({
      file,
      line: 1,
      expected: `the section ${sectionUnit(name, anchor)}`,
      found: 'none',
      fix: `Translate it, and place it as in English.`,
      unit: sectionUnit(name, anchor),
    }));
  const shared = source.filter((anchor) => present.has(anchor));
  let position = 0;
  const others = translated.sections.flatMap(({ anchor, line, depth }): Finding[] => {
    const unit = sectionUnit(name, anchor);
    const original = english.sections.find((section) => section.anchor === anchor);
    if (original === undefined) {
      const fix = 'Remove it, or give it the id of the English section it translates.';
      return [{ file, line, expected: 'a section that the English has', found: unit, fix }];
    }
    const turn = shared[position];
    position += 1;
    if (turn !== anchor && turn !== undefined) {
      const expected = sectionUnit(name, turn);
      return [
        { file, line, expected, found: unit, fix: 'Put it in the order of the English.', unit },
      ];
    }
    if (depth === original.depth) return [];
    const [expected, found] = [original.depth, depth].map((level) => '#'.repeat(level));
    return [
      {
        file,
        line,
        expected: `${expected}`,
        found: `${found}`,
        fix: 'Use the level of the English heading.',
        unit,
      },
    ];
  });
  return [...missing, ...others];
}
