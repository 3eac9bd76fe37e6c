import { expect, test } from 'vitest';
import { altered, findings } from '../content-fixture.ts';

const page = 'docs/it/kubectl-proxy.mdx';

test('a claim with another id is found', () => {
  expect(findings('components', altered(page, '"filter-default"', '"filtro"'))).toEqual([
    `${page}:10 <Claim id="filter-default"> | <Claim id="filtro">`,
  ]);
});

test('a lost component is found', () => {
  expect(findings('components', altered(page, '<Value of={flags.port} />', 'la porta'))).toEqual([
    `${page}:8 <Value of={flags.port}> | none`,
  ]);
});

test('a component too many is found', () => {
  expect(findings('components', altered(page, ' e [sopra]', ' e <Extra /> [sopra]'))).toEqual([
    `${page}:12 no more components in this section | <Extra>`,
  ]);
});

test('a translated title is no difference', () => {
  expect(findings('components', altered(page, 'Sicuro senza fare nulla', 'Altro'))).toEqual([]);
});
