import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readCases } from '../recorded/recorded-case.ts';
import { createHtmlRewriter } from './html.ts';
import { createRewriter } from './rewriter.ts';

const requestHost = '127.0.0.1:36443';
const page = readFileSync(new URL('../recorded/fixtures/page.html', import.meta.url), 'utf8');
const cases = readCases();

const rewriterOf = (path: string) => {
  const [prefix = ''] = /^.*?\/proxy/.exec(path) ?? [];
  return createRewriter({ sourceHost: '10.244.77.10:8080', requestHost, prefix });
};

describe('recorded pages', () => {
  const pages = cases.filter(({ response }) => response?.body.startsWith('<!DOCTYPE html>'));

  it.each(pages)('$title', ({ request, response }) => {
    const rewriter = createHtmlRewriter(rewriterOf(request.path).url);
    const bytes = Buffer.from(page.replaceAll('%(host)s', requestHost));
    const rewritten = Buffer.concat([rewriter.push(bytes), rewriter.end()]).toString();
    expect(rewritten.trimEnd()).toBe(response?.body);
  });
});

describe('recorded Locations', () => {
  const redirects = cases.filter(({ request }) => request.path.includes('loc='));

  it.each(redirects)('$title', ({ request, response }) => {
    const [, asked = ''] = request.path.split('loc=');
    const sent = decodeURIComponent(asked).replace('HOST', requestHost);
    const { location } = rewriterOf(request.path);
    const [, expected] = response?.headers.find(([name]) => name === 'Location') ?? [];
    if (expected !== undefined) {
      expect(location(sent)).toBe(expected);
      return;
    }
    const { message } = JSON.parse(response?.body ?? '{}') as { readonly message: string };
    expect(() => location(sent)).toThrow(message);
  });
});
