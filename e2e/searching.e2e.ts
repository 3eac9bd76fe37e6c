/** The search of each language. */
import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { allLocales } from '../src/i18n/locales.ts';
import { test } from './browser-test.ts';
import { sayings } from './sayings.ts';

describe.concurrent.for(allLocales)('in %s', (locale) => {
  const { say } = sayings(locale);
  const address = `/${locale}/kubectl-proxy/`;

  const search = async (page: Page, word: string): Promise<string[]> => {
    await page.getByRole('searchbox').fill(word);
    const first = page.getByRole('dialog').getByRole('listitem').first();
    await first.getByRole('link').waitFor();
    return page
      .getByRole('dialog')
      .getByRole('link')
      .evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? ''));
  };
  const open = (page: Page) =>
    page.getByRole('button', { name: say('interface:search.label') }).click();

  test('a word of the page is found, with and without its accents', async ({ visit }) => {
    const page = await visit(address);
    const word = ownWord(await page.locator('article').innerText());
    const plain = withoutAccents(word);
    if (locale !== 'en') expect(plain, 'a word with an accent').not.toBe(word);
    for (const query of new Set([word, plain, plain.toUpperCase()])) {
      await page.goto(`/${locale}/`);
      await open(page);
      const found = await search(page, query);
      expect(found.length, `places with ${query}`).toBeGreaterThan(0);
      expect(found.filter((href) => !href.startsWith(`/${locale}/`))).toEqual([]);
      expect(
        found.some((href) => href.startsWith(address)),
        query,
      ).toBe(true);
      const marks = await page.getByRole('dialog').locator('mark').allInnerTexts();
      expect(marks.map((mark) => withoutAccents(mark).toLowerCase()).join(' ')).toContain(
        plain.slice(0, 4),
      );
    }
  });

  test('a result leads to its section', async ({ visit }) => {
    const page = await visit(`/${locale}/`);
    await open(page);
    await search(page, 'accept-hosts');
    await page.getByRole('dialog').locator(`a[href*="${address}#"]`).first().click();
    await page.waitForURL(`**${address}#*`);
    expect(await page.getByRole('dialog').count()).toBe(0);
  });

  test('the search says when it finds nothing', async ({ visit }) => {
    const page = await visit(address);
    await open(page);
    // Nothing begins like it: of a word that nothing contains, the search takes the beginning.
    await page.getByRole('searchbox').fill('ζζζζ');
    await page.getByText(say('interface:search.none', { query: 'ζζζζ' })).waitFor();
  });
});

/** A word that speaks for the language: the longest with an accent, or the longest at all. */
function ownWord(text: string): string {
  const words = (text.match(/(?<![\p{L}\d_./-])\p{Ll}{5,14}(?![\p{L}\d_./-])/gu) ?? []).sort(
    (a, b) => b.length - a.length,
  );
  const word = words.find((candidate) => /[^a-z]/.test(candidate)) ?? words[0];
  if (word === undefined) throw new Error('the page has no words');
  return word;
}

function withoutAccents(word: string): string {
  return word.normalize('NFD').replace(/\p{M}/gu, '');
}
