/** When something goes wrong, the reader is told in the reader's language. */
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { allLocales, locales } from '../src/i18n/locales.ts';
import { createLive } from '../src/server/live/live.ts';
import { startServer, type SiteServer } from '../src/server/server.ts';
import { loadSite } from '../src/server/site/built-site.ts';
import { startFakeBackend } from '../src/server/testing/fake-backend.ts';
import { project } from '../tools/project.ts';
import { test } from './browser-test.ts';
import { sayings } from './sayings.ts';
import { startSite } from './start-site.ts';

const refused = [/\/live\//];

describe.concurrent.for(allLocales)('in %s', (locale) => {
  const { say } = sayings(locale);
  const address = `/${locale}/kubectl-proxy/`;
  const run = { name: say('interface:run.run'), exact: true };

  test.for([
    ['a claim that there is not', '/live/proofs/kubectl-proxy.nothing', 404, 'unknown-claim'],
    ['an example that there is not', '/live/examples/nothing', 404, 'unknown-example'],
    ['a body that is too large', '/live/proofs/kubectl-proxy.client-http', 413, 'body-too-large'],
  ] as const)('%s is answered in words', async ([, path, status, code], { visit }) => {
    const page = await visit(address, { expected: refused });
    const body = code === 'body-too-large' ? 'x'.repeat(64 * 1024) : '';
    const answer = await page.evaluate(
      async ([target, sent]) => {
        const response = await fetch(target, { method: 'POST', body: sent });
        const language = response.headers.get('Content-Language');
        return { status: response.status, language, error: (await response.json()) as unknown };
      },
      [path, body] as const,
    );
    const id = path.split('/').at(-1);
    const message = expect.stringContaining(
      say(`errors:live.${code}`, { id, limitBytes: '{}' }).split('{}')[0] ?? '',
    ) as unknown;
    expect(answer).toEqual({ status, language: locales[locale], error: { code, message } });
  });

  test('the page says that the lab is not running yet', async ({ visit }) => {
    const page = await visit(address, { origin: withoutLab.url, expected: refused });
    const example = page.locator('#example-version');
    await example.getByRole('button').last().click();
    await example.getByText(say('errors:live.not-ready')).waitFor();
  });

  test('the page says that the proxy does not answer', async ({ visit }) => {
    const page = await visit(address, { origin: withoutProxy.url, expected: refused });
    const example = page.locator('#example-version');
    await example.getByRole('button', run).click();
    await example.getByText(sayings(locale).like('errors:live.proxy-failed')).waitFor();
    await example.getByRole('button', { name: say('interface:run.again') }).waitFor();
  });
});

test('the page outlives the lab, in the middle of a request and after it', async ({ visit }) => {
  const { say } = sayings('en');
  await using site = await startSite();
  const page = await visit('/en/kubectl-proxy/', {
    origin: site.url,
    expected: [/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_CONNECTION_RESET/],
  });
  const run = { name: say('interface:run.run'), exact: true };
  const watching = page.locator('#example-watch-pods');
  await watching.getByRole('button', run).click();
  await watching.locator('.live pre').waitFor();
  await site[Symbol.asyncDispose]();
  await watching.getByText(say('interface:run.failed')).waitFor();

  const claim = page.locator('#claim-client-http');
  await claim.getByRole('button', run).click();
  await claim.getByText(say('interface:run.failed')).waitFor();
  await claim.getByRole('button', { name: say('interface:run.again') }).waitFor();
});

let withoutLab: SiteServer;
let withoutProxy: SiteServer;
const servers = new AsyncDisposableStack();
afterAll(() => servers.disposeAsync());
beforeAll(async () => {
  const site = await loadSite(project('dist'));
  const start = async (backend: Parameters<typeof createLive>[0]['backend']) => {
    const live = servers.use(createLive({ backend }));
    return servers.use(await startServer({ site, live, host: 'localhost', port: 0 }));
  };
  withoutLab = await start(() => null);
  const stopped = await startFakeBackend();
  await stopped[Symbol.asyncDispose]();
  withoutProxy = await start(() => stopped);
});
