/** With JavaScript off, the page still reads. */
import { describe, expect } from 'vitest';
import { kubectlProxy } from '../proxies/kubectl-proxy/descriptor.ts';
import { allLocales } from '../src/i18n/locales.ts';
import { test } from './browser-test.ts';
import { phone } from './screens.ts';
import { sayings } from './sayings.ts';

describe.concurrent.for(allLocales)('in %s', (locale) => {
  const { say, like } = sayings(locale);
  const address = `/${locale}/kubectl-proxy/`;

  test('claims, tables and transcripts are there', async ({ visit }) => {
    const page = await visit(address, { javaScriptEnabled: false });
    for (const { id } of kubectlProxy.claims) {
      const claim = page.locator(`#claim-${id.split('.')[1] ?? ''}`);
      expect(await claim.innerText(), id).toMatch(like(`claims:${id}.statement`));
      await claim.locator('summary').click();
      expect(await claim.innerText(), id).toMatch(like(`claims:${id}.refutation`));
    }
    for (const { name } of kubectlProxy.flags) {
      expect(await page.locator(`#flag-${name}`).isVisible(), name).toBe(true);
    }
    for (const { id } of kubectlProxy.examples) {
      const example = page.locator(`#example-${id.split('.')[1] ?? ''}`);
      await example.locator('summary').click();
      expect(await example.locator('.trace > li').first().isVisible(), id).toBe(true);
      expect(await example.locator('details pre').isVisible(), id).toBe(true);
    }
    expect(await page.locator('#hops ~ .table, #hops ~ table').first().isVisible()).toBe(true);
  });

  test('nothing offers what only a script can do', async ({ visit }) => {
    const page = await visit(address, { javaScriptEnabled: false });
    const buttons = page.getByRole('button').filter({ visible: true });
    expect(await buttons.allInnerTexts()).toEqual([]);
    expect(await page.locator('form').filter({ visible: true }).count()).toBe(0);
    const note = page.locator('hop-console noscript > p');
    expect(await note.innerText()).toBe(say('interface:console.noScript'));
  });

  test('one gets everywhere: other pages, other languages, sections', async ({ visit }) => {
    const page = await visit(address, { javaScriptEnabled: false, viewport: phone });
    await page.getByRole('button', { name: say('interface:navigation.menu') }).click();
    await page.getByRole('link', { name: say('interface:navigation.home') }).click();
    await page.waitForURL(`**/${locale}/`);
    await page.locator('.languages > summary').click();
    await page.locator('.languages').getByRole('link', { name: 'English' }).click();
    await page.waitForURL('**/en/');
  });
});
