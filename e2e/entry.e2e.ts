/** The way in: from `/` to a page in the reader's language. */
import { describe, expect } from 'vitest';
import { allLocales, localeNames, locales } from '../src/i18n/locales.ts';
import { test } from './browser-test.ts';
import { sayings } from './sayings.ts';

describe.concurrent.for(allLocales)('in %s', (locale) => {
  const { say } = sayings(locale);

  test('a reader who asks for the language comes from / to its home page', async ({ visit }) => {
    const page = await visit('/', { asks: locale });
    expect(new URL(page.url()).pathname).toBe(`/${locale}/`);
    expect(await page.locator('html').getAttribute('lang')).toBe(locales[locale]);
  });

  test('the home page leads to kubectl proxy, in the same language', async ({ visit }) => {
    const page = await visit('/', { asks: locale });
    const name = say('interface:stations.kubectl-proxy');
    await page.getByRole('navigation').getByRole('link', { name, exact: true }).click();
    await page.waitForURL(`**/${locale}/kubectl-proxy/`);
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('kubectl proxy');
  });

  test('a reader of another language finds this one at /', async ({ visit }) => {
    const page = await visit('/', { locale: 'de-DE' });
    expect(new URL(page.url()).pathname).toBe('/');
    await page.getByRole('link', { name: localeNames[locale] }).click();
    await page.waitForURL(`**/${locale}/`);
  });

  test('the page is written in the language, not in English', async ({ visit }) => {
    for (const path of [`/${locale}/`, `/${locale}/kubectl-proxy/`]) {
      const page = await visit(path);
      expect(await page.locator('html').getAttribute('lang')).toBe(locales[locale]);
      const others = page.locator('main [lang]');
      expect(await others.count(), `${path}: parts in another language`).toBe(0);
    }
  });
});
