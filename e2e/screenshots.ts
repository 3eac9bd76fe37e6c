/** `node e2e/screenshots.ts <directory> [--full] [--readme]`: pictures of the pages, to look at. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium, type Browser, type Page } from 'playwright-core';
import { findProgram } from '../proxies/kit/testing/needs.ts';
import { allLocales, locales, type Locale } from '../src/i18n/locales.ts';
import { project } from '../tools/project.ts';
import { desk, phone } from './screens.ts';
import { launchChromium } from './chromium.ts';
import { sayings } from './sayings.ts';
import { missingPage } from './site-pages.ts';
import { startSite } from './start-site.ts';

interface Scene {
  readonly path: (locale: Locale) => string;
  /** What the reader does before the picture is taken. */
  readonly act?: (page: Page, locale: Locale) => Promise<void>;
}

const proxyPage = (locale: Locale) => `/${locale}/kubectl-proxy/`;
const bastionPage = (locale: Locale) => `/${locale}/apiserver-proxy/`;

const scenes: Readonly<Record<string, Scene>> = {
  home: {
    path: (locale) => `/${locale}/`,
    act: (page, locale) => run(page, '.hero', locale),
  },
  page: { path: proxyPage },
  claims: {
    path: proxyPage,
    act: async (page, locale) => {
      await run(page, '#claim-client-http', locale);
      await scrollTo(page, '#claim-client-http');
    },
  },
  examples: {
    path: proxyPage,
    act: async (page, locale) => {
      await run(page, '#example-list-pods', locale);
      await scrollTo(page, '#examples');
    },
  },
  fork: {
    path: bastionPage,
    act: async (page, locale) => {
      await run(page, '#example-service', locale);
      await scrollTo(page, '#example-service');
    },
  },
  balance: { path: bastionPage, act: (page) => scrollTo(page, '#balance') },
  redirects: { path: (locale) => `/${locale}/redirects/` },
  flags: { path: proxyPage, act: (page) => scrollTo(page, '#flags') },
  search: {
    path: proxyPage,
    act: async (page, locale) => {
      await page
        .getByRole('button', { name: sayings(locale).say('interface:search.label') })
        .click();
      await page.getByRole('searchbox').fill('kubeconfig');
      await page.getByRole('dialog').getByRole('link').first().waitFor();
    },
  },
  drawer: {
    path: (locale) => `/${locale}/`,
    act: async (page) => {
      const menu = page.locator('[popovertarget=pages]').first();
      if (await menu.isVisible()) await menu.click();
    },
  },
  '404': { path: missingPage },
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    full: { type: 'boolean', default: false },
    readme: { type: 'boolean', default: false },
    only: { type: 'string' },
    locale: { type: 'string' },
  },
});
const directory = positionals[0] ?? project('.lab', 'screenshots');

const executablePath = findProgram('chromium');
if (executablePath === null) throw new Error('chromium is not installed: npm run setup');
await mkdir(directory, { recursive: true });
await using site = await startSite();
await using stack = new AsyncDisposableStack();
const server = await launchChromium(executablePath);
stack.defer(() => server.close());
const browser = await chromium.connect(server.wsEndpoint());

if (values.readme) await takeForReadme(browser);
else await takeAll(browser);

async function takeAll(shared: Browser): Promise<void> {
  for (const locale of allLocales) {
    if (values.locale !== undefined && values.locale !== locale) continue;
    for (const [name, scene] of Object.entries(scenes)) {
      if (values.only !== undefined && !values.only.split(',').includes(name)) continue;
      for (const [screen, viewport] of Object.entries({ desk, phone })) {
        const context = await shared.newContext({
          baseURL: site.url,
          locale: locales[locale],
          viewport,
          reducedMotion: 'reduce',
        });
        const page = await context.newPage();
        await page.goto(scene.path(locale));
        await scene.act?.(page, locale);
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme });
          const path = join(directory, `${name}-${locale}-${screen}-${colorScheme}.png`);
          await page.screenshot({ path, fullPage: values.full });
        }
        await context.close();
      }
    }
  }
}

/** The page of kubectl proxy with a claim that was just run: the picture of the README. */
async function takeForReadme(shared: Browser): Promise<void> {
  const page = await shared.newPage({
    baseURL: site.url,
    viewport: desk,
    colorScheme: 'light',
    reducedMotion: 'reduce',
  });
  await page.goto(proxyPage('en'));
  await run(page, '#claim-client-http', 'en');
  await scrollTo(page, '#claim-client-http');
  await page.screenshot({ path: join(directory, 'screenshot.png') });
}

async function run(page: Page, place: string, locale: Locale): Promise<void> {
  const { say } = sayings(locale);
  const section = page.locator(place);
  await section.getByRole('button', { name: say('interface:run.run'), exact: true }).click();
  await section.getByRole('button', { name: say('interface:run.again'), exact: true }).waitFor();
}

/** Below the header, without motion. */
async function scrollTo(page: Page, place: string): Promise<void> {
  await page.locator(place).evaluate((element) => element.scrollIntoView({ block: 'start' }));
}
