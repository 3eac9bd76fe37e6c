/** Where links lead, and what the pages tell machines of one another: as they are served, without a browser. */
import { defaultTreeAdapter as tree, parse, type DefaultTreeAdapterTypes } from 'parse5';
import { describe, expect } from 'vitest';
import { localizedPath } from '../src/i18n/links.ts';
import { allLocales, locales, sourceLocale } from '../src/i18n/locales.ts';
import { siteUrl } from '../src/site.ts';
import { test } from './browser-test.ts';
import { sayings } from './sayings.ts';
import { missing, missingPage, pagesIn } from './site-pages.ts';

describe.concurrent.for(allLocales)('in %s', (locale) => {
  test('every link leads to a page and a place that there is', async ({ site }) => {
    const places = await collectPlaces(site);
    const broken: string[] = [];
    for (const path of pagesIn(locale)) {
      for (const { target } of linksOf(await elementsOf(site + path))) {
        const { pathname, hash } = new URL(target, `http://host${path}`);
        const known = places.get(pathname);
        const anchor = decodeURIComponent(hash.slice(1));
        if (!known || (anchor !== '' && !known.has(anchor))) broken.push(`${path}: ${target}`);
      }
    }
    expect(broken).toEqual([]);
  });

  test('links stay in the language, except those that say they do not', async ({ site }) => {
    for (const path of [...pagesIn(locale), missingPage(locale)]) {
      const links = linksOf(await elementsOf(site + path));
      expect(links.length).toBeGreaterThan(0);
      const straying = links.filter(({ target, hreflang }) => {
        const [, segment = ''] = new URL(target, `http://host${path}`).pathname.split('/');
        return segment !== locale && hreflang !== locales[segment as keyof typeof locales];
      });
      expect(straying, path).toEqual([]);
    }
  });

  test('each page names itself and its translations', async ({ site }) => {
    for (const [index, path] of pagesIn(locale).entries()) {
      const elements = await elementsOf(site + path);
      const named = (name: string, key: string, value: string) =>
        elements.filter((element) => element.name === name && element.has[key] === value);
      const head = {
        lang: elements.find(({ name }) => name === 'html')?.has.lang,
        canonical: named('link', 'rel', 'canonical')[0]?.has.href,
        robots: named('meta', 'name', 'robots')[0]?.has.content ?? null,
        alternates: named('link', 'rel', 'alternate').map(({ has }) => [has.hreflang, has.href]),
      };
      const absolute = (other: (typeof allLocales)[number]) =>
        siteUrl + (pagesIn(other)[index] ?? '');
      expect(head).toEqual({
        lang: locales[locale],
        canonical: siteUrl + path,
        robots: null,
        alternates: [
          ...allLocales.map((other) => [locales[other], absolute(other)]),
          ['x-default', absolute(sourceLocale)],
        ],
      });
    }
  });

  test('a page that is not there is 404, in the language', async ({ visit, site }) => {
    const { say } = sayings(locale);
    const asked = { headers: { 'Accept-Language': locales[locale] } };
    for (const path of [missingPage(locale), '/nowhere', '/nowhere/at/all/']) {
      const response = await fetch(site + path, asked);
      expect(response.status, path).toBe(404);
      expect(await response.text(), path).toContain(`<html lang="${locales[locale]}"`);
    }
    const page = await visit(missingPage(locale), { expected: missing });
    const heading = page.getByRole('heading', { level: 1 });
    expect(await heading.textContent()).toBe(say('interface:notFound.title'));
    const current = page.locator('[aria-current=page]');
    expect(await current.count(), 'no page of the list is shown').toBe(0);
    await page.getByRole('link', { name: say('interface:notFound.home') }).click();
    await page.waitForURL(`**${localizedPath(locale, '')}`);
  });
});

test('the sitemap has every page of every language, with its translations', async ({ site }) => {
  const index = await text(`${site}/sitemap-index.xml`);
  const maps = await Promise.all(
    tags(index, 'loc').map((url) => text(site + new URL(url).pathname)),
  );
  const entries = maps.flatMap((map) => tags(map, 'url'));
  const listed = entries.map((entry) => tags(entry, 'loc')[0]);
  const pages = allLocales.flatMap(pagesIn).map((path) => siteUrl + path);
  expect(listed.toSorted()).toEqual(pages.toSorted());
  for (const entry of entries) {
    const languages = [...entry.matchAll(/hreflang="([^"]+)"/g)].map(([, tag]) => tag);
    expect(languages.toSorted(), entry).toEqual(
      [...Object.values(locales), 'x-default'].toSorted(),
    );
  }
});

/** The ids of every page, by its path. */
async function collectPlaces(site: string): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const places = new Map<string, ReadonlySet<string>>();
  for (const path of allLocales.flatMap(pagesIn)) {
    const page = await text(site + path);
    const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map(([, id = '']) => id);
    expect(ids.length, `${path}: ids that are there twice`).toBe(new Set(ids).size);
    places.set(path, new Set(ids));
  }
  return places;
}

interface PageLink {
  readonly target: string;
  readonly hreflang: string;
}

/** The page's links into the site: they have no host. */
function linksOf(elements: readonly PageElement[]): PageLink[] {
  return elements.flatMap(({ name, has: { href = '', hreflang = '' } }) =>
    name === 'a' && /^[/#?]/.test(href) ? [{ target: href, hreflang }] : [],
  );
}

interface PageElement {
  readonly name: string;
  /** Its attributes. */
  readonly has: Readonly<Record<string, string | undefined>>;
}

async function elementsOf(url: string): Promise<readonly PageElement[]> {
  const response = await fetch(url);
  return elementsIn(parse(await response.text()));
}

function elementsIn(node: DefaultTreeAdapterTypes.ParentNode): PageElement[] {
  return node.childNodes
    .filter((child) => tree.isElementNode(child))
    .flatMap((element) => [
      {
        name: element.tagName,
        has: Object.fromEntries(element.attrs.map(({ name, value }) => [name, value])),
      },
      ...elementsIn(element),
    ]);
}

async function text(url: string): Promise<string> {
  const response = await fetch(url);
  expect(response.status, url).toBe(200);
  return response.text();
}

/** What stands in each of the tags of that name. */
function tags(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}>(.*?)</${name}>`, 'gs'))].map(
    ([, found = '']) => found,
  );
}
