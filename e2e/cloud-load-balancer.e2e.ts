/** The page of the cloud load balancer: a Service is created in a cloud of choice, and what becomes of it is drawn. */
import type { Locator } from 'playwright-core';
import { describe, expect } from 'vitest';
import { profiles } from '../proxies/cloud-load-balancer/facts/profiles.ts';
import { noCloud } from '../src/cloud-service.ts';
import { allLocales } from '../src/i18n/locales.ts';
import { pagesDoorOrigin } from '../src/pages-door.ts';
import type { LiveStatus } from '../src/server/live/status.ts';
import { test } from './browser-test.ts';
import { pressRun } from './press-run.ts';
import { sayings } from './sayings.ts';
import { phone } from './screens.ts';
import { useStaticSite } from './static-host.ts';

const host = useStaticSite();

const patience = 45_000;

describe.concurrent.for(allLocales)('in %s', (locale) => {
  const words = sayings(locale);
  const { say, like } = words;
  const address = `/${locale}/cloud-load-balancer/`;
  const run = pressRun(words);

  test('an example draws the way through the cloud, a node and to a pod', async ({ visit }) => {
    const page = await visit(address);
    const output = await run(page.locator('#example-tcp'));
    expect(await output.locator('.stretch:has(.lit)').count()).toBe(3);
    const hops = await output.locator('ol.trace > li').allInnerTexts();
    expect(hops).toHaveLength(3);
    expect(hops[0]).toMatch(like('hops:cloud-load-balancer.accepted'));
    const said = (await output.locator('pre').innerText()).split('\n').slice(1);
    expect(said).toEqual(['→ Hello', '← Hello', '→ Hop by hop', '← Hop by hop']);
  });

  test('a page is asked for through a door, and comes by the same way', async ({ visit }) => {
    const page = await visit(address);
    const example = page.locator('#example-http');
    expect(await example.locator('pre.command code').innerText()).toBe(`curl ${pagesDoorOrigin}/`);
    const output = await run(example);
    expect(await output.locator('.stretch:has(.lit)').count()).toBe(3);
    const hops = await output.locator('ol.trace > li').allInnerTexts();
    expect(hops).toHaveLength(3);
    expect(hops[0]).toMatch(like('hops:cloud-load-balancer.accepted'));
    expect(await output.locator('pre').innerText()).toContain('<title>The shop</title>');
  });

  const long = { timeout: 120_000 };
  test('a Service is created by key, is served, and is deleted', long, async ({ visit }) => {
    const page = await visit(address);
    const service = page.locator('hop-cloud-service');
    await button(service, say('interface:cloudService.ask')).focus();
    await page.keyboard.press('Enter');
    await button(service, say('interface:cloudService.delete')).waitFor({ timeout: patience });
    await button(service, say('interface:cloudService.delete')).focus();
    await page.keyboard.press('Enter');
    await untilDone(service);
    const isKept = await service.evaluate((place) => place.contains(document.activeElement));
    expect(isKept, 'the focus does not go with the button').toBe(true);

    const rows = await service.locator('tbody tr').allInnerTexts();
    const has = (pattern: RegExp | string) => rows.findIndex((row) => row.match(pattern) !== null);
    const inOrder = [
      has(like('interface:cloudService.made')),
      has(like('interface:cloudService.status.given')),
      has(like('interface:cloudService.packet.answered')),
      has(say('interface:cloudService.deleted.reader')),
      has(say('interface:cloudService.gone')),
      has(like('interface:cloudService.packet.refused')),
    ];
    expect(inOrder, rows.join('\n')).toEqual(inOrder.toSorted((a, b) => a - b));
    expect(inOrder[0]).toBe(0);
    expect(has('EnsuredLoadBalancer')).toBeGreaterThan(0);
    const status = await service.getByRole('status').innerText();
    expect(status).toContain(say('interface:cloudService.settled.served'));
    expect(status).not.toContain(say('interface:connect.results.unexpected'));
    expect(await service.locator('.when').count(), 'it is no recording any more').toBe(0);
  });

  test('where nothing runs, what was recorded of each cloud stands there', async ({ visit }) => {
    const page = await visit(address, {
      origin: host.url,
      expected: [/\/live\//],
      viewport: phone,
    });
    const service = page.locator('hop-cloud-service');
    await service.locator('form').waitFor();
    expect(await service.getByRole('button').count(), 'nobody is there to ask').toBe(0);
    const [cloud, ports] = await service.getByRole('combobox').all();
    await ports?.selectOption('sctp');
    await cloud?.selectOption('aws-nlb');
    expect(await service.locator('tbody').innerText()).toContain('SyncLoadBalancerFailed');
    expect(await service.getByRole('status').innerText()).toContain(
      say('interface:cloudService.settled.failed'),
    );
    expect(await service.locator('.when').innerText()).toMatch(like('interface:run.recorded'));
    await cloud?.selectOption(noCloud);
    expect(await ports?.inputValue(), 'what was not recorded is not offered').toBe('tcp');
    expect(await service.locator('tbody').innerText()).toContain('<pending>');
  });

  test('without a script it is a table', async ({ visit }) => {
    const page = await visit(address, { javaScriptEnabled: false });
    const table = page.getByRole('region', { name: say('interface:cloudService.label') });
    expect(await table.innerText()).toContain('EnsuringLoadBalancer');
    expect(await page.locator('hop-cloud-service form').isVisible()).toBe(false);
  });
});

// What clouds do is the same in all languages.
describe('in a cloud of choice', () => {
  const { say } = sayings('en');

  test.for([
    ['aws-nlb', 'sctp', 'failed', 'SyncLoadBalancerFailed'],
    ['aws-nlb', 'tcp', 'served', '.cloud.example'],
    ['hetzner', 'tcp-udp', 'partly', 'UnsupportedProtocolConfigured'],
    [noCloud, 'tcp', 'pending', '<pending>'],
  ] as const)(
    '%s makes of %s what its profile says',
    { timeout: 120_000 },
    async ([cloud, ports, result, sign], { visit }) => {
      const page = await visit('/en/cloud-load-balancer/');
      const service = page.locator('hop-cloud-service');
      await button(service, say('interface:cloudService.ask')).waitFor();
      const [clouds, protocols] = await service.getByRole('combobox').all();
      await clouds?.selectOption(cloud);
      await protocols?.selectOption(ports);
      await button(service, say('interface:cloudService.ask')).click();
      await button(service, say('interface:cloudService.delete')).click({ timeout: patience });
      await untilDone(service);
      const status = await service.getByRole('status').innerText();
      expect(status).toContain(say(`interface:cloudService.settled.${result}`));
      expect(status).not.toContain(say('interface:connect.results.unexpected'));
      expect(await service.locator('tbody').innerText()).toContain(sign);
    },
  );

  test('stands what this cloud does, beside what it has done', async ({ visit }) => {
    const page = await visit('/en/cloud-load-balancer/');
    const service = page.locator('hop-cloud-service');
    await service.locator('dd').first().waitFor();
    const [clouds] = await service.getByRole('combobox').all();
    for (const { id } of profiles) {
      await clouds?.selectOption(id);
      expect(await service.locator('dd').count(), id).toBeGreaterThanOrEqual(4);
    }
    await clouds?.selectOption(noCloud);
    expect(await service.locator('dd').count()).toBe(0);
  });

  test(
    'who goes away in the middle leaves nothing',
    { timeout: 90_000 },
    async ({ visit, site }) => {
      const page = await visit('/en/cloud-load-balancer/');
      const service = page.locator('hop-cloud-service');
      await button(service, say('interface:cloudService.ask')).click();
      await button(service, say('interface:cloudService.delete')).waitFor({ timeout: patience });
      const { visitor } = await page.evaluate(async () => {
        const response = await fetch('/live/status');
        return (await response.json()) as LiveStatus;
      });
      await button(service, say('interface:run.cancel')).click();
      await service.getByText(say('interface:run.cancelled')).waitFor();
      const path = `/live/via/kubectl-proxy/api/v1/namespaces/${visitor?.namespace}/services`;
      const left = async () => {
        const response = await fetch(site + path);
        return ((await response.json()) as { readonly items: readonly unknown[] }).items;
      };
      await expect.poll(left, { timeout: patience }).toEqual([]);
    },
  );
});

function button(service: Locator, name: string): Locator {
  return service.getByRole('button', { name, exact: true });
}

async function untilDone(service: Locator): Promise<void> {
  const done = service.page().locator('hop-cloud-service[aria-busy=false]');
  await done.waitFor({ timeout: patience });
}
