/** The budget of the heaviest page: 20 kB, compressed, in six requests. Search comes on demand. */
import { get } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { describe, expect } from 'vitest';
import { allLocales } from '../src/i18n/locales.ts';
import { test } from './browser-test.ts';

const maxBytes = 20_000;
const maxRequests = 6;

describe.concurrent.for(allLocales)('in %s', (locale) => {
  test('kubectl proxy weighs at most 20 kB in 6 requests', async ({ visit }) => {
    const page = await visit(`/${locale}/kubectl-proxy/`);
    const requested: string[] = [];
    page.on('request', (request) => requested.push(request.url()));
    await page.reload({ waitUntil: 'networkidle' });
    const parts = await Promise.all(
      requested
        .filter((url) => url.startsWith('http'))
        .map(async (url) => ({ url, sizeBytes: await transferredBytes(url) })),
    );
    const heaviestFirst = parts.toSorted((a, b) => b.sizeBytes - a.sizeBytes);
    const sum = parts.reduce((total, { sizeBytes }) => total + sizeBytes, 0);
    const told = heaviestFirst
      .map(({ url, sizeBytes }) => `${sizeBytes} ${new URL(url).pathname}`)
      .join(', ');
    expect(sum, told).toBeLessThanOrEqual(maxBytes);
    expect(parts.length, told).toBeLessThanOrEqual(maxRequests);
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
