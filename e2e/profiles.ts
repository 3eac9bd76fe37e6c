/** Browser profiles with one page each, lent to tests and used again: a new window costs more than a page. */
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

export interface Profiles {
  /** A blank page of a profile that has stored nothing. */
  lend(options: BrowserContextOptions): Promise<Page>;
  /** Takes a page back, whatever became of it. */
  takeBack(page: Page): Promise<void>;
}

/** What can be changed while a profile lives is no reason for another one. */
interface Screen {
  readonly viewport: BrowserContextOptions['viewport'];
  readonly colorScheme: BrowserContextOptions['colorScheme'];
  readonly reducedMotion: BrowserContextOptions['reducedMotion'];
}

/** Connects to the browser when it is first needed. */
export function createProfiles(endpoint: string): Profiles {
  let connected: Promise<Browser> | undefined;
  const idle = new Map<string, Page[]>();
  const keys = new WeakMap<Page, string>();

  const open = async (key: string, options: BrowserContextOptions): Promise<Page> => {
    const browser = await (connected ??= chromium.connect(endpoint));
    const context = await browser.newContext(options);
    context.setDefaultTimeout(20_000);
    const page = await context.newPage();
    keys.set(page, key);
    return page;
  };

  return {
    async lend({ viewport, colorScheme = 'light', reducedMotion = 'no-preference', ...options }) {
      const key = JSON.stringify(options);
      const page = idle.get(key)?.pop() ?? (await open(key, options));
      await show(page, { viewport, colorScheme, reducedMotion });
      return page;
    },
    async takeBack(page) {
      page.removeAllListeners();
      await page.evaluate(() => localStorage.clear()).catch(() => undefined);
      await page.context().clearCookies();
      await page.goto('about:blank');
      const key = keys.get(page) ?? '';
      idle.set(key, [...(idle.get(key) ?? []), page]);
    },
  };
}

async function show(page: Page, { viewport, colorScheme, reducedMotion }: Screen): Promise<void> {
  if (viewport) await page.setViewportSize(viewport);
  await page.emulateMedia({
    media: null,
    colorScheme: colorScheme ?? null,
    reducedMotion: reducedMotion ?? null,
  });
}
