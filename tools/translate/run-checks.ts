/** Every check, by the name it is reported under. */
import type { Locale } from '../../src/i18n/locales.ts';
import type { Check, Finding } from './check.ts';
import { checkCodeFences } from './checks/code-fences.ts';
import { checkComponents } from './checks/components.ts';
import { checkFrontmatter } from './checks/frontmatter.ts';
import { checkGlossary } from './checks/glossary.ts';
import { checkInlineCode } from './checks/inline-code.ts';
import { checkLinks } from './checks/links.ts';
import { checkMessageKeys } from './checks/message-keys.ts';
import { checkNumbers } from './checks/numbers.ts';
import { checkPages } from './checks/pages.ts';
import { checkPlaceholders } from './checks/placeholders.ts';
import { checkPlurals } from './checks/plurals.ts';
import { checkSections } from './checks/sections.ts';
import { checkTypography } from './checks/typography.ts';
import { checkUntranslated } from './checks/untranslated.ts';
import { ContentError, readTranslation } from './translation.ts';

const checks = {
  pages: checkPages,
  sections: checkSections,
  frontmatter: checkFrontmatter,
  components: checkComponents,
  'code-fences': checkCodeFences,
  'inline-code': checkInlineCode,
  links: checkLinks,
  'message-keys': checkMessageKeys,
  placeholders: checkPlaceholders,
  plurals: checkPlurals,
  numbers: checkNumbers,
  untranslated: checkUntranslated,
  glossary: checkGlossary,
  typography: checkTypography,
} satisfies Record<string, Check>;

export type CheckName = keyof typeof checks | 'syntax';

export interface NamedFinding extends Finding {
  readonly check: CheckName;
}

/**
 * Checks one language of a content folder.
 *
 * @example runChecks('it', 'content'); // [] when nothing is to be mended
 */
export function runChecks(locale: Locale, root: string): NamedFinding[] {
  try {
    const translation = readTranslation(locale, root);
    return Object.entries(checks).flatMap(([name, check]) =>
      check(translation).map((finding) => ({ ...finding, check: name as CheckName })),
    );
  } catch (error) {
    if (!(error instanceof ContentError)) throw error;
    return [error.finding];
  }
}

/**
 * A finding as one line.
 *
 * @example 'content/docs/it/a.mdx:7: [links] expected /it/b/, found /en/b/. Stay in the language.'
 */
export function formatFinding({ file, line, check, expected, found, fix }: NamedFinding): string {
  return `${file}:${line}: [${check}] expected ${expected}, found ${found}. ${fix}`;
}
