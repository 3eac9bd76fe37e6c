/** Every page loads without a complaint: the fixture hears those of the console and the network. */
import { describe, expect } from 'vitest';
import { allLocales } from '../src/i18n/locales.ts';
import { test } from './browser-test.ts';
import { missing, missingPage, pagesIn } from './site-pages.ts';

test('the choice of a language loads in quiet', async ({ visit }) => {
  await visit('/', { locale: 'de-DE' });
});

describe.concurrent.for(allLocales)('in %s', (locale) => {
  test('every page loads in quiet, to its end', async ({ visit }) => {
    for (const path of pagesIn(locale)) {
      const page = await visit(path);
      await page.evaluate(() => {
        for (const details of document.querySelectorAll('details')) details.open = true;
        scrollTo(0, document.documentElement.scrollHeight);
      });
      await page.waitForLoadState('networkidle');
    }
  });

  test('a page that is not there complains of nothing but that', async ({ visit }) => {
    await visit(missingPage(locale), { expected: missing });
  });

  test('the policy forbids what is not from here, and the pages need nothing else', async ({
    visit,
  }) => {
    const page = await visit(`/${locale}/kubectl-proxy/`, {
      expected: [/Content Security Policy/],
    });
    const isRefused = await page.evaluate(async () => {
      const refused = new Promise((resolve) =>
        document.addEventListener('securitypolicyviolation', resolve, { once: true }),
      );
      const script = document.createElement('script');
      script.textContent = 'document.title = "run"';
      document.head.append(script);
      await refused;
      return document.title !== 'run';
    });
    expect(isRefused).toBe(true);
    const hosts = await page.evaluate(() =>
      performance.getEntriesByType('resource').map(({ name }) => new URL(name).host),
    );
    expect(new Set(hosts)).toEqual(new Set([new URL(page.url()).host]));
  });
});
