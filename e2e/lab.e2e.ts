/** The machines of the lab on the home page: what a reader sees of them, and does to them. */
import type { Locator, Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { allLocales } from '../src/i18n/locales.ts';
import { test } from './browser-test.ts';
import { sayings } from './sayings.ts';

// They share one lab: a language at a time does something to a machine of its own.
const victims = { en: 'apiserver-1', it: 'apiserver-2', 'pt-br': 'apiserver-3' } as const;

describe.for(allLocales)('in %s', (locale) => {
  const { say } = sayings(locale);
  const victim = victims[locale];

  const rowOf = (page: Page, machine: string): Locator =>
    page.locator(`.machines > [data-machine="${machine}"]`);
  const inState = (page: Page, machine: string, state: string) =>
    page.locator(`.machines > [data-machine="${machine}"][data-state="${state}"]`).waitFor();

  test('every machine says that it is ready', async ({ visit }) => {
    const page = await visit(`/${locale}/`);
    for (const row of await page.locator('.machines > li').all()) {
      await expect.poll(() => row.innerText()).toContain(say('interface:lab.states.ready'));
    }
    expect(await page.locator('.lab-map').getAttribute('aria-hidden')).toBe('true');
  });

  test('a reader kills a machine, sees it on the map, and starts it again', async ({ visit }) => {
    const page = await visit(`/${locale}/`);
    const row = rowOf(page, victim);
    const press = (action: string) =>
      row
        .getByRole('button', { name: `${say(`interface:lab.actions.${action}`)}: ${victim}` })
        .click();
    await inState(page, victim, 'ready');
    await press('kill');
    await inState(page, victim, 'ended');
    expect(await row.innerText()).toContain(say('interface:lab.faults.killed'));
    const drawn = page.locator(`.lab-map [data-machine="${victim}"]`).first();
    expect(await drawn.getAttribute('data-state')).toBe('ended');
    const news = `${victim}: ${say('interface:lab.states.ended')}`;
    await expect.poll(() => page.getByRole('status').first().innerText()).toContain(news);
    await press('restart');
    await inState(page, victim, 'ready');
  });
});
