/** The page of the load balancer: which apiserver a connection goes to, and where when that is killed. */
import type { Locator } from 'playwright-core';
import { describe, expect } from 'vitest';
import { allLocales } from '../src/i18n/locales.ts';
import type { LabStatus } from '../src/server/live/machines.ts';
import { test } from './browser-test.ts';
import { pressRun } from './press-run.ts';
import { sayings } from './sayings.ts';
import { phone } from './screens.ts';
import { useStaticSite } from './static-host.ts';

const host = useStaticSite();

const results = (['whole', 'moved', 'stuck'] as const).map(
  (result) => `interface:failover.results.${result}`,
);
const allReady = ['ready', 'ready', 'ready'];
const patience = { timeout: 45_000 };

// Not side by side: each takes an apiserver from the others.
describe.for(allLocales)('in %s', (locale) => {
  const words = sayings(locale);
  const { say, like } = words;
  const address = `/${locale}/apiserver-load-balancer/`;
  const run = pressRun(words);
  const ask = { name: say('interface:failover.ask'), exact: true };

  test('an example tells which apiserver its connection went to', async ({ visit }) => {
    const page = await visit(address);
    const output = await run(page.locator('#example-version'));
    expect(await output.locator('.stretch:has(.lit)').count()).toBe(2);
    const hops = await output.locator('ol.trace > li').allInnerTexts();
    expect(hops).toHaveLength(2);
    expect(hops[0]).toContain(say('interface:stations.apiserver-load-balancer'));
    expect(hops[1]).toMatch(like('hops:apiserver-load-balancer.forwarded'));
    expect(await output.locator('pre').innerText()).toContain('"gitVersion"');
  });

  test('a claim is proved, and refuted where it is false', async ({ visit }) => {
    const page = await visit(address);
    const output = await run(page.locator('#claim-in-front'));
    expect(await output.innerText()).toContain(say('hops:results.proved'));
  });

  test(
    'an apiserver is killed by key, its connections go elsewhere, and it comes back',
    { timeout: 150_000 },
    async ({ visit, site }) => {
      const page = await visit(address);
      const failover = page.locator('hop-failover');
      await failover.getByRole('button', ask).focus();
      await page.keyboard.press('Enter');
      await page.locator('hop-failover[aria-busy=false]').waitFor({ timeout: 75_000 });
      const button = failover.getByRole('button', ask);
      expect(await button.evaluate((one) => one === document.activeElement)).toBe(true);

      const rows = await rowsOf(failover);
      expect(rows).toHaveLength(4);
      expect(rows.filter(({ isKilled }) => isKilled)).toHaveLength(1);
      const others = rows.filter(({ isKilled, isNone }) => !isKilled && !isNone);
      expect(others.reduce((sum, { after }) => sum + after, 0)).toBeGreaterThan(0);
      const status = await failover.getByRole('status').innerText();
      const said = results.filter((result) => like(result).test(status));
      expect(said, status).toHaveLength(1);
      expect(await failover.locator('.when').count(), 'it is no recording any more').toBe(0);
      await expect.poll(() => statesOf(site), patience).toEqual(allReady);
    },
  );

  test('where nothing runs, what was recorded stands there', async ({ visit }) => {
    const page = await visit(address, {
      origin: host.url,
      expected: [/\/live\//],
      viewport: phone,
    });
    const failover = page.locator('hop-failover');
    const rows = await rowsOf(failover);
    expect(rows.filter(({ isKilled }) => isKilled)).toHaveLength(1);
    expect(await failover.locator('.when').innerText()).toMatch(like('interface:run.recorded'));
    await page.locator('hop-run .button').first().waitFor();
    expect(await failover.getByRole('button').count(), 'nobody is there to ask').toBe(0);
  });

  test('without a script it is a table', async ({ visit }) => {
    const page = await visit(address, { javaScriptEnabled: false });
    const table = page.getByRole('region', { name: say('interface:failover.label') });
    expect(await table.getByRole('row').count()).toBe(5);
    expect(await table.innerText()).toContain('apiserver-3');
  });
});

test(
  'who goes away in the middle leaves nobody killed',
  { timeout: 120_000 },
  async ({ visit, site }) => {
    const { say } = sayings('en');
    const page = await visit('/en/apiserver-load-balancer/');
    const failover = page.locator('hop-failover');
    await failover.getByRole('button').waitFor();
    // In the page itself: from here, on a busy machine, it could be over before it is stopped.
    await failover.evaluate(async (place) => {
      const button = place.querySelector('button');
      button?.click();
      const soon = () => new Promise((next) => setTimeout(next, 20));
      // First the recording gives way, which has one that was killed.
      while (place.querySelector('tr.killed')) await soon();
      while (!place.querySelector('tr.killed')) await soon();
      button?.click();
    });
    await failover.getByText(say('interface:run.cancelled')).waitFor();
    await expect.poll(() => statesOf(site), patience).toEqual(allReady);
  },
);

interface Row {
  readonly isKilled: boolean;
  /** Of the requests that no apiserver answered. */
  readonly isNone: boolean;
  readonly after: number;
}

async function rowsOf(failover: Locator): Promise<Row[]> {
  const rows = await failover.locator('tbody tr').all();
  return Promise.all(
    rows.map(async (row) => {
      const kind = await row.getAttribute('class');
      const after = Number(await row.locator('td').last().innerText());
      return { isKilled: kind === 'killed', isNone: kind === 'none', after };
    }),
  );
}

/** How the lab's apiservers are. */
async function statesOf(site: string): Promise<string[]> {
  const response = await fetch(`${site}/live/lab`);
  const { machines } = (await response.json()) as LabStatus;
  return machines.filter(({ role }) => role === 'apiserver').map(({ state }) => state);
}
