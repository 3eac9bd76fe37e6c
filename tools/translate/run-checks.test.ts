import { expect, test } from 'vitest';
import { altered, contentFixture, findings } from './content-fixture.ts';
import { formatFinding, runChecks } from './run-checks.ts';

test('a good translation passes every check', () => {
  using fixture = contentFixture();
  expect(runChecks('it', fixture.root)).toEqual([]);
});

test('English passes as its own translation', () => {
  using fixture = contentFixture();
  expect(runChecks('en', fixture.root)).toEqual([]);
});

test('a finding is one line that says where, what, and what to do', () => {
  using fixture = contentFixture(altered('docs/it/index.mdx', '/it/', '/en/'));
  expect(runChecks('it', fixture.root).map(formatFinding)).toEqual([
    `${fixture.root}/docs/it/index.mdx:6: [links] expected /it/kubectl-proxy/#filter, ` +
      'found /en/kubectl-proxy/#filter. Stay in the language.',
  ]);
});

test('a file that cannot be parsed is a finding, not a crash', () => {
  const page = 'docs/it/index.mdx';
  expect(findings('syntax', altered(page, 'Leggi', 'Leggi <b'))).toHaveLength(1);
  expect(findings('syntax', altered(page, 'title: Hop', 'title: a: b'))).toHaveLength(1);
  expect(findings('syntax', { 'messages/it/interface.json': '{' })).toHaveLength(1);
});
