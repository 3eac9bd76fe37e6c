import { expect, test } from 'vitest';
import { altered, findings } from '../content-fixture.ts';

const page = 'docs/it/kubectl-proxy.mdx';

test('a sentence left in English is found', () => {
  const changes = altered(page, 'Un proxy sul tuo computer.', 'A proxy on your desktop.');
  expect(findings('untranslated', changes)).toEqual([
    `${page}:1 a translation into it | the English “A proxy on your desktop.”`,
  ]);
});

test('a short text may be the same', () => {
  expect(findings('untranslated', altered(page, 'title="Prova"', 'title="Try it"'))).toEqual([]);
});
