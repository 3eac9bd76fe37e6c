/** On a static host nothing runs: the page says so, and shows what was recorded. */
import { describe, expect } from 'vitest';
import { allLocales } from '../src/i18n/locales.ts';
import { test } from './browser-test.ts';
import { sayings } from './sayings.ts';
import { useStaticSite } from './static-host.ts';

/** The questions whether something runs are refused. */
const expected = [/\/live\//];

const host = useStaticSite();

describe.concurrent.for(allLocales)('in %s', (locale) => {
  const { say, like } = sayings(locale);
  const recording = { name: say('interface:run.recording'), exact: true };

  test.for(['#example-version', '#claim-client-http'])(
    'the button of %s shows the recording, and says that it is one',
    async (place, { visit }) => {
      const page = await visit(`/${locale}/kubectl-proxy/`, { origin: host.url, expected });
      const section = page.locator(place);
      expect(await section.locator('details').getAttribute('open')).toBe(null);
      await section.getByRole('button', recording).click();
      await section.getByText(say('interface:run.offline')).waitFor();
      expect(await section.locator('details').first().getAttribute('open')).not.toBe(null);
      expect(await section.locator('.live .map, .live ol, .live pre').count()).toBe(0);
    },
  );

  test('a recording has its date and its version', async ({ visit }) => {
    const page = await visit(`/${locale}/kubectl-proxy/`, { origin: host.url, expected });
    const example = page.locator('#example-version');
    expect(await example.locator('summary').innerText()).toMatch(like('interface:run.recorded'));
    await example.locator('summary').click();
    expect(await example.locator('details pre').innerText()).toContain('"gitVersion"');
  });

  test('the search works there, too', async ({ visit }) => {
    const page = await visit(`/${locale}/`, { origin: host.url, expected });
    await page.getByRole('button', { name: say('interface:search.label') }).click();
    await page.getByRole('searchbox').fill('kubeconfig');
    await page.getByRole('dialog').getByRole('link').first().waitFor();
  });
});
