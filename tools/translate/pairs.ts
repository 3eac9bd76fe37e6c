/** The sections that both languages have, pair by pair. */
import type { Section } from '../../src/i18n/sections.ts';
import { sectionUnit, type Translation } from './check.ts';

export interface SectionPair {
  readonly unit: string;
  readonly file: string;
  readonly english: Section;
  readonly translated: Section;
}

export function sectionPairs({ pages }: Translation): SectionPair[] {
  return pages.flatMap(({ name, file, english, translated }) =>
    (translated?.sections ?? []).flatMap((section) => {
      const source = english?.sections.find(({ anchor }) => anchor === section.anchor);
      return source === undefined
        ? []
        : [{ unit: sectionUnit(name, section.anchor), file, english: source, translated: section }];
    }),
  );
}
