/** The buttons: what a reader sees of a claim, an example and a request of their own. */
import { describe, expect } from 'vitest';
import { allLocales } from '../src/i18n/locales.ts';
import { test } from './browser-test.ts';
import { pressRun } from './press-run.ts';
import { sayings } from './sayings.ts';

describe.concurrent.for(allLocales)('in %s', (locale) => {
  const words = sayings(locale);
  const { say, like } = words;
  const address = `/${locale}/kubectl-proxy/`;
  const run = pressRun(words);

  test('a claim is proved before the reader, in both of its worlds', async ({ visit }) => {
    const page = await visit(address);
    const output = await run(page.locator('#claim-client-http'));
    const [claimed = '', refuted = ''] = await output.locator('section').allInnerTexts();
    const told = 'claims:kubectl-proxy.client-http.evidence';
    expect(claimed).toContain(say('interface:claims.claimed'));
    expect(claimed).toContain(say(`${told}.no-tls`));
    expect(claimed).toContain(say(`${told}.answered`, { status: 200 }));
    expect(refuted).toContain(say('interface:claims.refuted'));
    expect(refuted).toMatch(like(`${told}.no-tls-not`));
    expect(await output.locator('.map .lit').count(), 'the line is drawn').toBe(2);
    expect(await output.innerText()).toContain(say('hops:results.proved'));
  });

  test('the requests of a proof can be followed hop by hop', async ({ visit }) => {
    const page = await visit(address);
    const output = await run(page.locator('#claim-to-apiserver'));
    expect(await output.innerText()).toContain(say('hops:results.proved'));
    const hops = output.locator('details', { hasText: say('interface:hops.label') }).first();
    await hops.locator('summary').click();
    expect(await hops.getByRole('listitem').first().innerText()).toContain(
      say('interface:stations.kubectl-proxy'),
    );
  });

  test('an example draws its line, and tells it hop by hop with the answer', async ({ visit }) => {
    const page = await visit(address);
    const output = await run(page.locator('#example-list-pods'));

    const map = output.locator('.map');
    expect(await map.locator('.stretch').count()).toBe(2);
    expect(await map.locator('.stretch .lit').count(), 'stretches that are lit').toBe(2);
    expect(await map.getAttribute('aria-hidden'), 'the drawing has a twin in words').toBe('true');

    const hops = output.locator('ol.trace > li');
    expect(await hops.count()).toBe(2);
    const [first = '', second = ''] = await hops.allInnerTexts();
    const station = (id: string) => say(`interface:stations.${id}`);
    expect(first).toMatch(route(station('client'), station('kubectl-proxy')));
    expect(second).toMatch(route(station('kubectl-proxy'), station('apiserver')));
    expect(first).toMatch(like('hops:kubectl-proxy.accepted'));
    expect(second).toMatch(like('hops:kubectl-proxy.forwarded'));
    expect(second).toContain('X-Forwarded-For: 127.0.0.1');

    expect(await output.locator('pre').innerText()).toContain('"kind": "PodList"');
    expect(await output.innerText()).toMatch(like('hops:results.answered'));
  });

  test('the line of a refused request ends at the proxy', async ({ visit }) => {
    const page = await visit(address);
    const output = await run(page.locator('#example-exec-refused'));
    expect(await output.locator('.map .lit').count()).toBe(1);
    expect(await output.locator('.map .station.end').textContent()).toContain(
      say('interface:stations.kubectl-proxy'),
    );
    const hops = output.locator('ol.trace > li');
    expect(await hops.count()).toBe(1);
    expect(await hops.innerText(), 'the rule that refused').toContain('--reject-paths');
    expect(await output.locator('pre').innerText()).toBe('Forbidden');
  });

  test('the home page draws an example on its own map', async ({ visit }) => {
    const page = await visit(`/${locale}/`);
    const output = await run(page.locator('.hero'));
    expect(await output.locator('.map').count()).toBe(0);
    expect(await page.locator('.figure .map.wide .lit').count()).toBe(2);
    expect(await output.locator('pre').innerText()).toContain('"major": "1"');
  });

  test('a running example can be cancelled, and run again', async ({ visit }) => {
    const page = await visit(address);
    const example = page.locator('#example-watch-pods');
    await example.getByRole('button', { name: say('interface:run.run'), exact: true }).click();
    await example.locator('.live pre').waitFor();
    await example.getByRole('button', { name: say('interface:run.cancel'), exact: true }).click();
    await example.getByText(say('interface:run.cancelled'), { exact: true }).waitFor();
    await example.getByRole('button', { name: say('interface:run.again'), exact: true }).click();
    const cancelled = example.getByText(say('interface:run.cancelled'), { exact: true });
    await cancelled.waitFor({ state: 'hidden' });
    await example.locator('.live pre').waitFor();
  });

  test("the console sends a request of the reader's own", async ({ visit }) => {
    const page = await visit(address);
    const console = page.locator('hop-console');
    await console.getByLabel(say('interface:console.method')).selectOption('GET');
    await console.getByLabel(say('interface:console.path')).fill('/api/v1/namespaces/default');
    await console.getByRole('button', { name: say('interface:console.send') }).click();
    await console.getByText(like('hops:results.answered')).waitFor();
    expect(await console.locator('output pre').innerText()).toContain('"kind": "Namespace"');
    expect(await console.locator('output ol.trace > li').count()).toBe(2);
  });

  test('the console says why it sends a request nowhere', async ({ visit }) => {
    const page = await visit(address, { expected: [/\/live\/via\//] });
    const console = page.locator('hop-console');
    await console.getByLabel(say('interface:console.path')).fill('/api/v1/secrets');
    await console.getByRole('button', { name: say('interface:console.send') }).click();
    await console.getByText(say('errors:live.secret')).waitFor();
  });
});

function route(from: string, to: string): RegExp {
  return new RegExp(`${RegExp.escape(from)}.*→.*${RegExp.escape(to)}`, 's');
}
