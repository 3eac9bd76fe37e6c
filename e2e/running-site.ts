/** What all browser tests share: one running site, one browser. */
import type { TestProject } from 'vitest/node';
import { findProgram } from '../proxies/kit/testing/needs.ts';
import { launchChromium } from './chromium.ts';
import { startSite } from './start-site.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The site's address, without a slash at the end; null where there is no browser to read it. */
    siteUrl: string | null;
    /** Where Playwright connects to the browser. */
    browserEndpoint: string | null;
  }
}

export default async function runSite({ provide }: TestProject): Promise<() => Promise<void>> {
  const executablePath = findProgram('chromium');
  if (executablePath === null) {
    provide('siteUrl', null);
    provide('browserEndpoint', null);
    return () => Promise.resolve();
  }
  await using stack = new AsyncDisposableStack();
  const [site, browser] = await Promise.all([startSite(), launchChromium(executablePath)]);
  stack.use(site);
  stack.defer(() => browser.close());
  provide('siteUrl', site.url);
  provide('browserEndpoint', browser.wsEndpoint());
  const owned = stack.move();
  return () => owned.disposeAsync();
}
