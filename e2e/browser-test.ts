/** Vitest's `test`, with a browser in it that complains. */
import type { BrowserContextOptions, Page } from 'playwright-core';
import { expect, inject, test as base } from 'vitest';
import { isLocale, locales, sourceLocale, type Locale } from '../src/i18n/locales.ts';
import { needs } from '../proxies/kit/testing/needs.ts';
import { createProfiles, type Profiles } from './profiles.ts';
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

/** Opens an address in a browser that has never been there, and waits until the page has loaded. */
export type Visit = (path: string, options?: VisitOptions) => Promise<Page>;

let profiles: Profiles | undefined;

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
    const lender = (profiles ??= createProfiles(inject('browserEndpoint') ?? ''));
    const lent: Page[] = [];
    const complaints: string[] = [];
    onCleanup(async () => {
      await Promise.all(lent.map((page) => lender.takeBack(page)));
      expect(complaints, 'what the browser complained about').toEqual([]);
    });
    return async (path, { asks, origin = site, expected = [], ...options } = {}) => {
      const locale = locales[asks ?? localeOf(path)];
      const page = await lender.lend({ baseURL: origin, locale, viewport: desk, ...options });
      lent.push(page);
      watch(page, (complaint) => {
        if (!expected.some((pattern) => pattern.test(complaint))) complaints.push(complaint);
      });
      await page.goto(path);
      return page;
    };
  });

function localeOf(path: string): Locale {
  const [, segment = ''] = path.split('/');
  return isLocale(segment) ? segment : sourceLocale;
}
