/** axe finds nothing: every page, light and dark, on a desk and on a phone. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Locator, Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { allLocales, sourceLocale, type Locale } from '../src/i18n/locales.ts';
import { test } from './browser-test.ts';
import { desk, phone } from './screens.ts';
import { sayings } from './sayings.ts';
import { missing, missingPage, pagesIn } from './site-pages.ts';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** A claim and an example of each page that has some. */
const ran = [
  '#claim-client-http',
  '#example-exec-refused',
  '#claim-target-scheme',
  '#example-websocket',
  '#claim-replaced',
  '#claim-tcp',
  '#example-tcp',
  '#claim-in-front',
  '#example-readyz',
  '#claim-created-automatically',
  '#example-udp',
];

/** What colours change; everything else is the same in the dark. */
const colours: RunOptions = { runOnly: { type: 'rule', values: ['color-contrast'] } };

describe.concurrent.for(allLocales)('in %s', (locale) => {
  const { say } = sayings(locale);

  /** What is run shows more than what is read. */
  const run = async (place: Locator): Promise<void> => {
    if ((await place.count()) === 0) return;
    const button = { name: say('interface:run.run'), exact: true };
    await place.getByRole('button', button).click();
    const again = { name: say('interface:run.again'), exact: true };
    await place.getByRole('button', again).waitFor({ timeout: 45_000 });
  };

  test.for([...pagesIn(locale), missingPage(locale)])(
    '%s is accessible',
    // It looks at each element four times, and some pages have thousands.
    { timeout: 150_000 },
    async (path, { visit }) => {
      const page = await visit(path, { expected: missing, reducedMotion: 'reduce' });
      for (const place of ran) await run(page.locator(place));
      await page.evaluate(() => {
        for (const details of document.querySelectorAll('main details'))
          details.setAttribute('open', '');
      });
      await checkAll(page, locale);
    },
  );

  test('the search and the drawer are accessible', async ({ visit }) => {
    const page = await visit(`/${locale}/`, { viewport: phone });
    await page.getByRole('button', { name: say('interface:navigation.menu') }).click();
    await checkColours(page, locale);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: say('interface:search.label') }).click();
    await page.getByRole('searchbox').fill('kubectl');
    await page.getByRole('dialog').getByRole('link').first().waitFor();
    await checkColours(page, locale);
  });
});

test('the choice of a language is accessible', async ({ visit }) => {
  await checkAll(await visit('/', { locale: 'de-DE' }), sourceLocale);
});

async function checkAll(page: Page, locale: Locale): Promise<void> {
  for (const viewport of [desk, phone]) {
    await page.setViewportSize(viewport);
    await checkColours(page, locale);
  }
}

/** The dark is the same in all languages. */
async function checkColours(page: Page, locale: Locale): Promise<void> {
  await page.emulateMedia({ colorScheme: 'light' });
  expect(await violations(page, {}), 'light').toEqual([]);
  if (locale !== sourceLocale) return;
  await page.emulateMedia({ colorScheme: 'dark' });
  expect(await violations(page, colours), 'dark').toEqual([]);
}

/** Each violation in a line: the rule, and the first of the elements that break it. */
async function violations(page: Page, options: RunOptions): Promise<string[]> {
  await page.evaluate(`if (!('axe' in window)) { ${axe} }`);
  const found = await page.evaluate((given) => window.axe.run(document, given), options);
  return found.violations.map(({ id, help, nodes }) => {
    const [first] = nodes;
    return `${id}: ${help}: ${nodes.length} × ${first?.html ?? ''} ${first?.failureSummary ?? ''}`;
  });
}

declare global {
  interface Window {
    readonly axe: { run(context: Document, options: RunOptions): Promise<AxeResults> };
  }
}
