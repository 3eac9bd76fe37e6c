/** The frame around the text: languages, colours, contents, the drawer, the copy buttons. */
import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { allLocales, localeNames, type Locale } from '../src/i18n/locales.ts';
import { test } from './browser-test.ts';
import { phone } from './screens.ts';
import { sayings } from './sayings.ts';

const paper = (page: Page) =>
  page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);

describe.concurrent.for(allLocales)('in %s', (locale) => {
  const { say } = sayings(locale);
  const address = `/${locale}/kubectl-proxy/`;

  test('the language picker keeps the page and the place', async ({ visit }) => {
    const other: Locale = locale === 'en' ? 'it' : 'en';
    const page = await visit(`${address}#flags`);
    await page.locator('summary', { hasText: localeNames[locale] }).click();
    await page.getByRole('link', { name: localeNames[other] }).click();
    await page.waitForURL(`**/${other}/kubectl-proxy/#flags`);
    await page.waitForFunction(() => {
      const top = document.querySelector('#flags')?.getBoundingClientRect().top ?? -1;
      return top >= 0 && top < 200;
    });
  });

  test('the chosen colours stay, from the first paint on', async ({ visit }) => {
    const page = await visit(`/${locale}/`, { colorScheme: 'light' });
    const light = await paper(page);
    await page.getByRole('radio', { name: say('interface:theme.dark') }).check({ force: true });
    const dark = await paper(page);
    expect(dark).not.toBe(light);

    // What the root says of itself when the first element that can be seen comes into the page.
    const script = await page.addInitScript(() => {
      new MutationObserver((_, observer) => {
        if (!document.querySelector('body')) return;
        observer.disconnect();
        const root = document.documentElement;
        root.setAttribute('data-before', root.getAttribute('data-theme') ?? '');
      }).observe(document, { childList: true, subtree: true });
    });
    await page.goto(address);
    expect(await page.locator('html').getAttribute('data-before')).toBe('dark');
    await script.dispose();
    expect(await paper(page)).toBe(dark);
    expect(await page.getByRole('radio', { name: say('interface:theme.dark') }).isChecked()).toBe(
      true,
    );
  });

  test('the table of contents marks each section as it comes into view', async ({ visit }) => {
    const page = await visit(address, { reducedMotion: 'reduce' });
    const contents = page.getByRole('navigation', { name: say('interface:contents') });
    const links = contents.getByRole('link');
    expect(await links.count()).toBeGreaterThan(8);
    for (const link of await links.all()) {
      await link.click();
      const target = (await link.getAttribute('href')) ?? '';
      await contents.locator(`a[href="${target}"][aria-current]`).waitFor();
      expect(await contents.locator('[aria-current]').count(), target).toBe(1);
    }
  });

  test('on a phone the pages are in a drawer, which the keyboard opens and closes', async ({
    visit,
  }) => {
    const page = await visit(address, { viewport: phone });
    const drawer = page.getByRole('navigation', { name: say('interface:navigation.label') });
    const menu = page.getByRole('button', { name: say('interface:navigation.menu') });
    expect(await drawer.isVisible()).toBe(false);

    await menu.focus();
    await page.keyboard.press('Enter');
    await drawer.waitFor();
    await page.keyboard.press('Tab');
    const isInside = await page.evaluate(() => document.activeElement?.closest('#pages') !== null);
    expect(isInside, 'the next stop of the Tab key is in the drawer').toBe(true);
    await page.keyboard.press('Escape');
    await drawer.waitFor({ state: 'hidden' });
    expect(await menu.evaluate((button) => button === document.activeElement)).toBe(true);

    await menu.click();
    await page.getByRole('button', { name: say('interface:navigation.close') }).click();
    await drawer.waitFor({ state: 'hidden' });

    await menu.click();
    await drawer.getByRole('link', { name: say('interface:navigation.home') }).click();
    await page.waitForURL(`**/${locale}/`);
  });

  test('a command is copied as it has to be typed', async ({ visit }) => {
    const page = await visit(address, { permissions: ['clipboard-read', 'clipboard-write'] });
    const command = page.locator('#example-list-pods pre.command');
    const typed = await command.locator('code').innerText();
    await command.hover();
    await command.getByRole('button', { name: say('interface:code.copy') }).click();
    await command.getByRole('button', { name: say('interface:code.copied') }).waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toBe(typed);
    expect(copied).toMatch(/^curl /);
  });
});
