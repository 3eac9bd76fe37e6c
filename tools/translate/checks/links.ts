/** Links lead where the English ones lead, stay in the language, and arrive. */
import type { MdastNode } from 'satteri';
import { isLocale } from '../../../src/i18n/locales.ts';
import type { Section } from '../../../src/i18n/sections.ts';
import { type Check, type Finding, messageUnit, type Translation } from '../check.ts';
import { generatedIds } from '../generated-ids.ts';
import { lineOf, walk } from '../nodes.ts';
import { sectionPairs, type SectionPair } from '../pairs.ts';
import { without } from '../set-difference.ts';

interface Link {
  readonly url: string;
  readonly line: number;
}

export const checkLinks: Check = (translation) => [
  ...sectionPairs(translation).flatMap((pair) => [
    ...differentTargets(pair),
    ...linksOf(pair.translated).flatMap((link) => badLink(link, pair, translation)),
  ]),
  ...inMessages(translation),
];

function differentTargets({ unit, file, english, translated }: SectionPair): Finding[] {
  const expected = linksOf(english).map(({ url }) => withoutLanguage(url));
  const found = linksOf(translated).map(({ url }) => withoutLanguage(url));
  const missing = without(expected, found);
  const surplus = without(found, expected);
  if (missing.length + surplus.length === 0) return [];
  return [
    {
      file,
      line: translated.line,
      expected: missing.join(', ') || 'no other link than in English',
      found: surplus.join(', ') || 'none',
      fix: 'Link to what the English section links to.',
      unit,
    },
  ];
}

function badLink({ url, line }: Link, pair: SectionPair, translation: Translation): Finding[] {
  const { unit, file } = pair;
  const internal = /^(?:\/(?<path>[^?#]*))?(?:\?[^#]*)?(?:#(?<fragment>.*))?$/u.exec(url)?.groups;
  if (internal === undefined) return [];
  const { path, fragment } = internal;
  const [language, ...rest] = (path ?? '').split('/');
  if (path !== undefined && language !== translation.locale) {
    if (language === undefined || !isLocale(language)) return [];
    const expected = url.replace(`/${language}`, `/${translation.locale}`);
    return [{ file, line, expected, found: url, fix: 'Stay in the language.', unit }];
  }
  const name = path === undefined ? unit.replace(/#.*$/u, '') : pageName(rest);
  const page = translation.pages.find((candidate) => candidate.name === name);
  const known = page?.translated ?? page?.english;
  if (known === undefined || known === null) {
    return [
      { file, line, expected: 'a page that exists', found: url, fix: 'Mend the link.', unit },
    ];
  }
  if (fragment === undefined || fragment === '') return [];
  if (known.sections.some((section) => hasId(section, fragment))) return [];
  if (generatedIds(name).has(fragment)) return [];
  return [
    {
      file,
      line,
      expected: `a section or component of ${name}`,
      found: `#${fragment}`,
      fix: 'Use an id that is there.',
      unit,
    },
  ];
}

function inMessages({ locale, messages }: Translation): Finding[] {
  return messages.flatMap(({ namespace, file, translated, lineOf: lineOfKey }) =>
    translated.flatMap(({ key, forms }) =>
      [...forms].flatMap(([form, text]): Finding[] => {
        const links = [...text.matchAll(/(?<![\w/`.-])\/(?<language>[a-z]{2}(?:-[a-z]{2})?)\//gu)];
        const wrong = links.find(({ groups }) => {
          const { language = '' } = groups ?? {};
          return isLocale(language) && language !== locale;
        });
        if (wrong === undefined) return [];
        return [
          {
            file,
            line: lineOfKey(key, form),
            expected: `/${locale}/`,
            found: wrong[0],
            fix: 'Stay in the language.',
            unit: messageUnit(namespace, key),
          },
        ];
      }),
    ),
  );
}

/** A heading's id, or the id of an element or component inside the section. */
function hasId(section: Section, fragment: string): boolean {
  return (
    section.anchor === fragment ||
    [...walk(section.nodes)].some((node) => attribute(node, 'id') === fragment)
  );
}

function linksOf(section: Section): Link[] {
  return [...walk(section.nodes)].flatMap((node): Link[] => {
    const url =
      node.type === 'link' || node.type === 'definition' ? node.url : attribute(node, 'href');
    return url === null ? [] : [{ url, line: lineOf(node) }];
  });
}

function attribute(node: MdastNode, name: string): string | null {
  if (node.type !== 'mdxJsxFlowElement' && node.type !== 'mdxJsxTextElement') return null;
  const found = node.attributes.find(
    (candidate) => candidate.type === 'mdxJsxAttribute' && candidate.name === name,
  );
  return found?.type === 'mdxJsxAttribute' && typeof found.value === 'string' ? found.value : null;
}

function pageName(path: readonly string[]): string {
  return path.filter((segment) => segment !== '').join('/') || 'index';
}

/**
 * What two languages must have in common: on our site and on kubernetes.io the language is the
 * first segment, and absent for English there.
 */
function withoutLanguage(url: string): string {
  return url.replace(
    /^(?<host>https:\/\/kubernetes\.io)?\/(?<language>[a-z]{2}(?:-[a-z]{2})?)(?=\/)/u,
    (whole, host: string | undefined, language: string) =>
      isLocale(language) ? (host ?? '') : whole,
  );
}
