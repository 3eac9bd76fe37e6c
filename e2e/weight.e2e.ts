/** What a page may weigh, compressed, and in how many requests. Search comes on demand. */
import { get } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { describe, expect } from 'vitest';
import { allLocales } from '../src/i18n/locales.ts';
import { test } from './browser-test.ts';

interface Budget {
  readonly bytes: number;
  readonly requests: number;
}

const budgets: Readonly<Record<string, Budget>> = {
  'kubectl-proxy': { bytes: 20_000, requests: 6 },
  // It states more, in tables, and counts answers: a style sheet and small modules of its own.
  'apiserver-proxy': { bytes: 29_000, requests: 9 },
  // Nine examples, two counts, and the rules of a Service.
  'kube-proxy': { bytes: 28_000, requests: 11 },
  // Its tables, and the experiment that is drawn.
  'apiserver-load-balancer': { bytes: 29_000, requests: 10 },
  // Nine tables, a line for each of its claims, and the experiment that is drawn.
  'cloud-load-balancer': { bytes: 35_000, requests: 10 },
  redirects: { bytes: 14_500, requests: 6 },
  'nftables-layout': { bytes: 16_000, requests: 7 },
};

describe.concurrent.for(allLocales)('in %s', (locale) => {
  test.for(Object.entries(budgets))('%s keeps to its budget', async ([slug, budget], { visit }) => {
    const page = await visit(`/${locale}/${slug}/`);
    // A set: what the first visit was still loading is asked for again.
    const requested = new Set<string>();
    page.on('request', (request) => requested.add(request.url()));
    await page.reload({ waitUntil: 'networkidle' });
    const parts = await Promise.all(
      [...requested]
        .filter((url) => url.startsWith('http'))
        .map(async (url) => ({ url, sizeBytes: await transferredBytes(url) })),
    );
    const heaviestFirst = parts.toSorted((a, b) => b.sizeBytes - a.sizeBytes);
    const sum = parts.reduce((total, { sizeBytes }) => total + sizeBytes, 0);
    const told = heaviestFirst
      .map(({ url, sizeBytes }) => `${sizeBytes} ${new URL(url).pathname}`)
      .join(', ');
    expect(sum, told).toBeLessThanOrEqual(budget.bytes);
    expect(parts.length, told).toBeLessThanOrEqual(budget.requests);
    expect(parts.length, told).toBeGreaterThanOrEqual(3);
  });
});

/** The size of a body as it travels to a browser that takes gzip. */
async function transferredBytes(url: string): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  get(url, { headers: { 'Accept-Encoding': 'gzip' } }, (response) => {
    buffer(response).then((body) => resolve(body.length), reject);
  }).on('error', reject);
  return promise;
}
