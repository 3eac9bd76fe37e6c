/** Narrow screens, readers who want no motion, and paper. */
import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { allLocales } from '../src/i18n/locales.ts';
import { test } from './browser-test.ts';
import { phone } from './screens.ts';
import { sayings } from './sayings.ts';
import { missing, missingPage, pagesIn } from './site-pages.ts';

describe.concurrent.for(allLocales)('in %s', (locale) => {
  const { say } = sayings(locale);
  const address = `/${locale}/kubectl-proxy/`;
  const runExample = async (page: Page): Promise<void> => {
    const example = page.locator('#example-list-pods');
    const button = { name: say('interface:run.run'), exact: true };
    await example.getByRole('button', button).click();
    const again = { name: say('interface:run.again'), exact: true };
    await example.getByRole('button', again).waitFor();
  };

  test('nothing is wider than a phone', async ({ visit }) => {
    for (const path of [...pagesIn(locale), missingPage(locale)]) {
      const page = await visit(path, { viewport: phone, expected: missing });
      if (path === address) await runExample(page);
      await page.evaluate(() => {
        for (const details of document.querySelectorAll('details')) details.open = true;
      });
      expect(await page.evaluate(tooWide), path).toEqual([]);
    }
  });

  test('who wants no motion gets none', async ({ visit }) => {
    const animation = (lit: Element) => getComputedStyle(lit).animationName;
    const still = await visit(address, { reducedMotion: 'reduce' });
    await runExample(still);
    expect(await still.locator('.lit').first().evaluate(animation)).toBe('none');
    expect(await still.evaluate(() => document.getAnimations().length)).toBe(0);

    const moving = await visit(address, { reducedMotion: 'no-preference' });
    await runExample(moving);
    expect(await moving.locator('.lit').first().evaluate(animation)).toBe('travel');
  });

  test('on paper there is the text, dark on white, and nothing to press', async ({ visit }) => {
    const page = await visit(address, { colorScheme: 'dark' });
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    const { paper, ink } = await page.evaluate(() => {
      const { backgroundColor, color } = getComputedStyle(document.documentElement);
      const brightness = (value: string) =>
        Math.max(...(value.match(/[\d.]+/g) ?? []).slice(0, 3).map(Number));
      return { paper: brightness(backgroundColor), ink: brightness(color) };
    });
    expect(paper).toBeGreaterThan(240);
    expect(ink).toBeLessThan(80);
    expect(await page.getByRole('button').filter({ visible: true }).allInnerTexts()).toEqual([]);
    expect(await page.getByRole('banner').isVisible()).toBe(false);
    expect(await page.getByRole('navigation').filter({ visible: true }).count()).toBe(0);
    for (const place of ['#claim-client-http .statement', '#flag-port', '#example-version pre']) {
      expect(await page.locator(place).first().isVisible(), place).toBe(true);
    }
  });
});

/** Runs in the page: what reaches beyond the screen, where the page scrolls sideways at all. */
function tooWide(): string[] {
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth <= clientWidth) return [];
  return [...document.querySelectorAll('body *')]
    .filter((element) => element.getBoundingClientRect().right > clientWidth + 1)
    .map((element) => element.outerHTML.slice(0, 120));
}
