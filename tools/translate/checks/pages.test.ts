import { expect, test } from 'vitest';
import { findings } from '../content-fixture.ts';

test('a page without a translation is found', () => {
  expect(findings('pages', { 'docs/it/kubectl-proxy.mdx': null })).toEqual([
    'docs/it/kubectl-proxy.mdx:1 a translation of kubectl-proxy | no file',
  ]);
});

test('a page that English does not have is found', () => {
  expect(findings('pages', { 'docs/it/vecchia.mdx': '---\ntitle: V\n---\n' })).toEqual([
    'docs/it/vecchia.mdx:1 a page that exists in English | vecchia',
  ]);
});
