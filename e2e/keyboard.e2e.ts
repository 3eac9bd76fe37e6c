/** The site without a mouse. */
import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { allLocales } from '../src/i18n/locales.ts';
import { test } from './browser-test.ts';
import { sayings } from './sayings.ts';

describe.concurrent.for(allLocales)('in %s', (locale) => {
  const { say } = sayings(locale);
  const address = `/${locale}/kubectl-proxy/`;

  test('the first stop skips to the text', async ({ visit }) => {
    const page = await visit(address);
    await page.keyboard.press('Tab');
    const skip = page.getByRole('link', { name: say('interface:skip') });
    expect(await skip.evaluate((link) => link === document.activeElement)).toBe(true);
    expect((await skip.boundingBox())?.y, 'it shows itself').toBeGreaterThanOrEqual(0);
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    const isInText = await page.evaluate(() => document.activeElement?.closest('main') !== null);
    expect(isInText, 'the next stop is in the text').toBe(true);
  });

  test('Tab stops in reading order, and always shows where', async ({ visit }) => {
    const page = await visit(address, { reducedMotion: 'reduce' });
    const stops: Stop[] = [];
    for (;;) {
      await page.keyboard.press('Tab');
      const stop = await page.evaluate(describeFocus);
      if (stop === null) break;
      stops.push(stop);
    }
    expect(stops.length).toBeGreaterThan(40);
    expect(stops.filter(({ isAfter }) => !isAfter)).toEqual([]);
    expect(stops.filter(({ isSeen }) => !isSeen)).toEqual([]);
    expect(stops.filter(({ isInSight }) => !isInSight)).toEqual([]);
  });

  test('a claim is tried with the Enter key, and the focus stays', async ({ visit }) => {
    const page = await visit(address);
    const claim = page.locator('#claim-to-apiserver');
    await claim.getByRole('button', { name: say('interface:run.run'), exact: true }).focus();
    await page.keyboard.press('Enter');
    const again = claim.getByRole('button', { name: say('interface:run.again'), exact: true });
    await again.waitFor();
    expect(await again.evaluate((button) => button === document.activeElement)).toBe(true);
    const spoken = claim.locator('[aria-live]');
    expect(await spoken.innerText()).toContain(say('hops:results.proved'));
  });

  test('the search opens, is walked and closes, and gives the focus back', async ({ visit }) => {
    const page = await visit(address);
    const before = page.locator('.brand');
    await before.focus();
    await page.keyboard.press('/');
    const field = page.getByRole('searchbox');
    await field.waitFor();
    expect(await page.evaluate(describeFocus)).toMatchObject({ isSeen: true, isInSight: true });
    await page.keyboard.insertText('kubeconfig');
    const results = page.getByRole('dialog').getByRole('link');
    await results.first().waitFor();
    await page.keyboard.press('ArrowDown');
    expect(await results.first().evaluate((link) => link === document.activeElement)).toBe(true);
    await page.keyboard.press('ArrowUp');
    expect(await field.evaluate((input) => input === document.activeElement)).toBe(true);
    await closeByEscape(page);
    expect(await before.evaluate((link) => link === document.activeElement)).toBe(true);

    await page.keyboard.press('Control+k');
    await field.waitFor();
    await field.fill('kubeconfig');
    await results.first().waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    expect(new URL(page.url()).pathname).toMatch(new RegExp(`^/${locale}/`));
  });

  test('the language picker opens with Enter and closes with Escape', async ({ visit }) => {
    const page = await visit(address);
    const summary = page.locator('.languages > summary');
    await summary.focus();
    await page.keyboard.press('Enter');
    await page.locator('.languages li').first().waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Escape');
    await page.locator('.languages li').first().waitFor({ state: 'hidden' });
    expect(await summary.evaluate((element) => element === document.activeElement)).toBe(true);
  });
});

/** An empty search field takes the first Escape for itself in some browsers, a filled one in all. */
async function closeByEscape(page: Page): Promise<void> {
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
}

interface Stop {
  readonly what: string;
  /** After the stop before, in the order of the document. */
  readonly isAfter: boolean;
  /** Something marks the focus. */
  readonly isSeen: boolean;
  /** On the screen, and not behind the header. */
  readonly isInSight: boolean;
}

/** Runs in the page: where the focus is, or null when it has left the page. */
function describeFocus(): Stop | null {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const previous = document.querySelector('[data-stopped]');
  previous?.removeAttribute('data-stopped');
  element.setAttribute('data-stopped', '');
  // A radio button is drawn by its label.
  const shown = element.matches('[type=radio]') ? (element.closest('label') ?? element) : element;
  const style = getComputedStyle(shown);
  const [line = shown.getBoundingClientRect()] = shown.getClientRects();
  const middle = Math.min((line.top + line.bottom) / 2, innerHeight - 1);
  const hit = document.elementFromPoint((line.left + line.right) / 2, middle);
  return {
    what: `${element.tagName} ${element.textContent.trim().slice(0, 40)}`,
    isAfter:
      previous === null ||
      (previous.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0,
    isSeen: style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) >= 2,
    isInSight: shown.contains(hit),
  };
}
