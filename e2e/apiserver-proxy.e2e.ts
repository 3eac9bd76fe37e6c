/** The page of the apiserver proxy: what a reader sees of a request that goes through it. */
import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { balances, evenness } from '../src/balance.ts';
import { allLocales } from '../src/i18n/locales.ts';
import { test } from './browser-test.ts';
import { pressRun } from './press-run.ts';
import { sayings } from './sayings.ts';
import { useStaticSite } from './static-host.ts';

const { requests } = balances['apiserver-proxy'];

const host = useStaticSite();

describe.concurrent.for(allLocales)('in %s', (locale) => {
  const words = sayings(locale);
  const { say, like } = words;
  const address = `/${locale}/apiserver-proxy/`;
  const station = (id: string) => say(`interface:stations.${id}`);

  const run = pressRun(words);

  test('an example lights the branch it took, and tells both hops', async ({ visit }) => {
    const page = await visit(address);
    const output = await run(page.locator('#example-service'));
    const lit = output.locator('.stretch:has(.lit)');
    const travelled = await lit.evaluateAll((all) =>
      all.map((one) => one.getAttribute('data-hop')),
    );
    expect(travelled.toSorted()).toEqual(['apiserver-proxy pod', 'client apiserver-proxy']);
    expect(await output.locator('.station.end').count()).toBe(0);
    const hops = await output.locator('ol.trace > li').allInnerTexts();
    expect(hops).toHaveLength(2);
    expect(hops[0]).toContain(station('apiserver-proxy'));
    expect(hops[1]).toContain(station('pod'));
    expect(hops[1], 'which endpoint, and why').toMatch(like('hops:apiserver-proxy.endpoint'));
    expect(hops[1]).toContain('Authorization: Bearer ‹redacted›');
    expect(await output.locator('pre').innerText()).toContain('"target": "/books?sort=title"');
  });

  test('a WebSocket is told message by message', async ({ visit }) => {
    const page = await visit(address);
    const output = await run(page.locator('#example-websocket'));
    const said = (await output.locator('pre').innerText()).split('\n');
    expect(said).toEqual(['→ Hello', '← Hello', '→ Hop by hop', '← Hop by hop']);
  });

  test('events are shown as they come', async ({ visit }) => {
    const page = await visit(address);
    const example = page.locator('#example-events');
    await example.locator('hop-run > button').waitFor();
    // In the page itself: from here, on a busy machine, the stream could be over before it is stopped.
    const label = await example.evaluate(async (place) => {
      const button = place.querySelector<HTMLButtonElement>('hop-run > button');
      button?.click();
      while (place.querySelector('.live pre')?.textContent.includes('event: tick') !== true) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      const stillCalled = button?.textContent;
      button?.click();
      return stillCalled;
    });
    expect(label, 'the stream still runs').toBe(say('interface:run.cancel'));
    await example.getByText(say('interface:run.cancelled'), { exact: true }).waitFor();
  });

  test('a request that no port answers ends at the proxy', async ({ visit }) => {
    const page = await visit(address);
    const output = await run(page.locator('#example-named-port'));
    expect(await output.locator('.station.end').textContent()).toBe(station('apiserver-proxy'));
    expect(await output.locator('pre').innerText()).toContain('no endpoints available');
  });

  test('a claim is proved, and refuted where it is false', async ({ visit }) => {
    const page = await visit(address);
    const output = await run(page.locator('#claim-node-pod-service'));
    const [claimed = '', refuted = ''] = await output.locator('section').allInnerTexts();
    expect(claimed).toContain(say('interface:claims.claimed'));
    expect(refuted).toContain(say('interface:claims.refuted'));
    expect(await output.innerText()).toContain(say('hops:results.proved'));
  });

  test('the balance counts every answer, and says at the end whether it is even', async ({
    visit,
  }) => {
    const page = await visit(address);
    const balance = page.locator('hop-balance');
    await balance.getByRole('button').waitFor();
    const running = await balance.evaluate((element) => {
      element.querySelector('button')?.click();
      return element.querySelector('[role=status]')?.textContent;
    });
    expect(running, 'nothing is read out while numbers run').toBe('');
    const status = balance.getByRole('status');
    await page.locator('hop-balance[aria-busy=false]').waitFor();
    const counts = await answers(page);
    expect(counts).toHaveLength(3);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(requests);
    expect(Math.min(...counts)).toBeGreaterThan(0);
    // Chance is free to be uneven: what is said is what the counts say.
    const { result } = evenness(counts);
    expect(await status.textContent()).toMatch(like(`interface:balance.${result}`));
    const bars = page.locator('hop-balance progress');
    const drawn = await bars.evaluateAll((all) =>
      all.map((bar) => (bar instanceof HTMLProgressElement ? bar.value : null)),
    );
    expect(drawn).toEqual(counts);
  });

  test('the balance can be stopped', async ({ visit }) => {
    const page = await visit(address);
    await page.route('**/live/balance/**', () => undefined);
    await ask(page);
    const stop = { name: say('interface:run.cancel'), exact: true };
    await page.locator('hop-balance').getByRole('button', stop).click();
    await page.locator('hop-balance').getByText(say('interface:run.cancelled')).waitFor();
  });

  test('the console reaches pods and Services, and nothing else', async ({ visit }) => {
    const page = await visit(address, { expected: [/\/live\/via\//] });
    const console = page.locator('hop-console');
    const send = async (path: string) => {
      await console.getByLabel(say('interface:console.path')).fill(path);
      await console.getByRole('button', { name: say('interface:console.send') }).click();
    };
    const methods = console.getByLabel(say('interface:console.method')).locator('option');
    expect(await methods.allInnerTexts()).toEqual(['GET', 'HEAD', 'POST']);
    await send('/api/v1/namespaces/default/pods/web-1/proxy/mine');
    await console.getByText(like('hops:results.answered')).waitFor();
    expect(await console.locator('output pre').innerText()).toContain('"target": "/mine"');
    await send('/api/v1/nodes/node-1/proxy/metrics');
    await console.getByText(like('errors:live.only-proxied')).waitFor();
  });

  test('where nothing runs, what was recorded stands there', async ({ visit }) => {
    const page = await visit(address, { origin: host.url, expected: [/\/live\//] });
    const counts = await answers(page);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(requests);
    const status = page.locator('hop-balance').getByRole('status');
    const { result } = evenness(counts);
    expect(await status.textContent()).toMatch(like(`interface:balance.${result}`));
    await page.locator('hop-run .button').first().waitFor();
    expect(await page.locator('hop-balance button').count(), 'nobody is there to ask').toBe(0);
  });

  test('the page of redirects proves its claims, too', async ({ visit }) => {
    const page = await visit(`/${locale}/redirects/`);
    const output = await run(page.locator('#claim-replaced'));
    expect(await output.innerText()).toContain(say('hops:results.proved'));
  });

  const ask = async (page: Page): Promise<void> => {
    const name = say('interface:balance.ask', { requests });
    await page.getByRole('button', { name, exact: true }).click();
  };
});

/** How many requests each pod answered, as it stands in the table. */
async function answers(page: Page): Promise<number[]> {
  const cells = await page.locator('hop-balance td:nth-child(2)').allInnerTexts();
  return cells.map(Number);
}
