/** The page of kube-proxy: connections of the lab's pods, and what the kernel of a node holds for them. */
import type { Locator } from 'playwright-core';
import { describe, expect } from 'vitest';
import { balances, evenness } from '../src/balance.ts';
import { allLocales } from '../src/i18n/locales.ts';
import { test } from './browser-test.ts';
import { pressRun } from './press-run.ts';
import { sayings } from './sayings.ts';
import { useStaticSite } from './static-host.ts';

const { requests } = balances['kube-proxy'];

const host = useStaticSite();

describe.concurrent.for(allLocales)('in %s', (locale) => {
  const words = sayings(locale);
  const { say, like } = words;
  const address = `/${locale}/kube-proxy/`;

  const run = pressRun(words);

  test('connections go from a pod to a pod, and are refused where nobody is', async ({ visit }) => {
    const page = await visit(address);
    const answered = await run(page.locator('#example-tcp'));
    const lit = answered.locator('.stretch:has(.lit)');
    expect(await lit.count()).toBe(2);
    const hops = await answered.locator('ol.trace > li').allInnerTexts();
    expect(hops).toHaveLength(2);
    expect(hops[1], 'to which pod').toMatch(like('hops:kube-proxy.forwarded'));
    const said = (await answered.locator('pre').innerText()).split('\n').slice(1);
    expect(said).toEqual(['→ Hello', '← Hello', '→ Hop by hop', '← Hop by hop']);

    const refused = await run(page.locator('#example-no-endpoints'));
    expect(await refused.innerText()).toMatch(like('interface:connect.results.refused'));
    expect(await refused.locator('ol.trace').count()).toBe(0);
  });

  test('the balance counts every connection', async ({ visit }) => {
    const page = await visit(address);
    await page.getByRole('button', { name: say('interface:balance.ask', { requests }) }).click();
    await page.locator('hop-balance[aria-busy=false]').waitFor({ timeout: 45_000 });
    const counts = await answers(page.locator('hop-balance'));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(requests);
    const status = page.locator('hop-balance').getByRole('status');
    const { result } = evenness(counts);
    expect(await status.textContent()).toMatch(like(`interface:balance.${result}`));
  });

  test('the rules of a Service are read from the node that is chosen', async ({ visit }) => {
    const page = await visit(address);
    const rules = page.locator('hop-rules');
    await rules.getByLabel(say('interface:rules.service')).selectOption('platform/echo-sticky');
    await rules.getByLabel(say('interface:rules.node')).selectOption('node-2');
    const read = { name: say('interface:rules.read'), exact: true };
    await rules.getByRole('button', read).click();
    await rules.locator('dt', { hasText: 'affinity-ids' }).first().waitFor();
    const names = await rules.locator('details').first().locator('dt').allInnerTexts();
    expect(names.indexOf('pick-3')).toBeGreaterThan(names.indexOf('service-ips'));
    expect(names.indexOf('tcp-endpoints')).toBeGreaterThan(names.indexOf('pick-3'));
    expect(await rules.locator('dd').first().innerText()).toContain(
      say('tables:facts.collections.rows.cluster-ips.what'),
    );
    const stop = { name: say('interface:rules.stop'), exact: true };
    await rules.getByRole('button', stop).click();
    await rules.getByRole('button', read).waitFor();
  });

  test('a claim is proved, and refuted where it is false', async ({ visit }) => {
    const page = await visit(address);
    const output = await run(page.locator('#claim-tcp'));
    expect(await output.innerText()).toContain(say('hops:results.proved'));
  });

  test('where nothing runs, what was recorded stands there', async ({ visit }) => {
    const page = await visit(address, { origin: host.url, expected: [/\/live\//] });
    const counts = await answers(page.locator('hop-balance'));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(requests);
    const summary = page.locator('#example-tcp summary');
    expect(await summary.innerText()).toContain(say('interface:connect.outcomes.answered'));
    await page.locator('hop-run .button').first().waitFor();
    const rules = page.locator('hop-rules');
    expect(await rules.locator('dt').first().innerText()).toBe('cluster-ips');
    expect(await rules.locator('form').isVisible(), 'nobody is there to ask').toBe(false);
  });
});

/** How many connections each pod answered, as it stands in the table. */
async function answers(balance: Locator): Promise<number[]> {
  return (await balance.locator('td:nth-child(2)').allInnerTexts()).map(Number);
}
