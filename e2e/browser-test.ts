/** Vitest's `test`, with a browser in it that complains. */
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { expect, inject, test as base } from 'vitest';
import { locales, type Locale } from '../src/i18n/locales.ts';
import { needs } from '../proxies/kit/testing/needs.ts';
import { desk } from './screens.ts';
import { watch } from './watch.ts';

export interface VisitOptions extends BrowserContextOptions {
  /** The language that the browser asks for; that of the address where there is one. */
  readonly asks?: Locale;
  /** Where the page is, if not on the shared site. */
  readonly origin?: string;
  /** Complaints that the test is about: all others fail it. */
  readonly expected?: readonly RegExp[];
}

/** Opens an address in a browser profile of its own, and waits until the page has loaded. */
export type Visit = (path: string, options?: VisitOptions) => Promise<Page>;

let connected: Promise<Browser> | undefined;

/**
 * A test that visits pages. It fails, too, for what no assertion looks at: an error or a warning in the
 * console, a request that failed, a breach of the content security policy.
 */
export const test = base
  .extend('site', async ({ skip, task }) => {
    needs({ skip, task }, 'chromium');
    const url = inject('siteUrl');
    if (url === null) throw new Error('the site is not running');
    return url;
  })
  .extend('visit', async ({ site }, { onCleanup }): Promise<Visit> => {
    const endpoint = inject('browserEndpoint');
    if (endpoint === null) throw new Error('the browser is not running');
    const browser = await (connected ??= chromium.connect(endpoint));
    const closing: (() => Promise<void>)[] = [];
    const complaints: string[] = [];
    onCleanup(async () => {
      await Promise.all(closing.map((close) => close()));
      expect(complaints, 'what the browser complained about').toEqual([]);
    });
    return async (path, { asks, origin = site, expected = [], ...options } = {}) => {
      const context = await browser.newContext({
        baseURL: origin,
        locale: locales[asks ?? localeOf(path)],
        viewport: desk,
        ...options,
      });
      context.setDefaultTimeout(20_000);
      closing.push(() => context.close());
      const page = await context.newPage();
      watch(page, (complaint) => {
        if (!expected.some((pattern) => pattern.test(complaint))) complaints.push(complaint);
      });
      await page.goto(path);
      return page;
    };
  });

function localeOf(path: string): Locale {
  const segment = path.split('/')[1] ?? '';
  return Object.hasOwn(locales, segment) ? (segment as Locale) : 'en';
}
