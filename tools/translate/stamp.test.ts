import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readLock } from '../../src/i18n/content-files.ts';
import { pageState } from '../../src/i18n/freshness.ts';
import { altered, contentFixture } from './content-fixture.ts';
import { stamp } from './stamp.ts';
import { translationStatus } from './status.ts';

const english = 'docs/en/kubectl-proxy.mdx';
const page = 'docs/it/kubectl-proxy.mdx';
const named = (units: readonly { name: string }[]) => units.map(({ name }) => name);

test('stamping everything makes everything current', () => {
  using fixture = contentFixture();
  expect(named(stamp('it', [], fixture.root).stamped)).toEqual([
    'index#',
    'index#lead',
    'kubectl-proxy#',
    'kubectl-proxy#lead',
    'kubectl-proxy#filter',
    'interface:run',
    'interface:search.pages',
  ]);
  expect(translationStatus('it', [], fixture.root)).toMatchObject({
    sections: { current: 5, stale: 0, missing: 0 },
    messages: { current: 2, stale: 0, missing: 0 },
    work: [],
  });
});

test('a change of the English makes one section stale, until that one is stamped', () => {
  using fixture = contentFixture();
  stamp('it', [], fixture.root);
  const [, changed = ''] = Object.entries(altered(english, 'See [above]', 'Look [above]'))[0] ?? [];
  fixture.write(english, changed);
  expect(named(translationStatus('it', [], fixture.root).work)).toEqual(['kubectl-proxy#filter']);
  expect(named(stamp('it', ['kubectl-proxy#filter'], fixture.root).stamped)).toEqual([
    'kubectl-proxy#filter',
  ]);
  expect(pageState('it', 'kubectl-proxy', fixture.root)).toBe('current');
});

test.each([
  ['kubectl-proxy', 3],
  ['interface', 2],
  ['interface:search', 1],
  ['interface:run', 1],
])('the word %s stamps %i units', (word, count) => {
  using fixture = contentFixture();
  expect(stamp('it', [word], fixture.root).stamped).toHaveLength(count);
});

test('a path stamps what is in the file', () => {
  using fixture = contentFixture();
  const path = join(fixture.root, 'docs/it/index.mdx');
  expect(named(stamp('it', [path], fixture.root).stamped)).toEqual(['index#', 'index#lead']);
});

test('what a check finds fault with is refused, and nothing else', () => {
  using fixture = contentFixture(altered(page, '8.001', '8080'));
  const { stamped, refused } = stamp('it', ['kubectl-proxy'], fixture.root);
  expect(named(stamped)).toEqual(['kubectl-proxy#', 'kubectl-proxy#filter']);
  expect(refused.map(({ check, unit }) => [check, unit])).toEqual([
    ['numbers', 'kubectl-proxy#lead'],
  ]);
});

test('a fault of a whole file refuses all of it', () => {
  using fixture = contentFixture(altered(page, '## Il filtro {#filter}', '## Il filtro'));
  const { stamped, refused } = stamp('it', ['kubectl-proxy'], fixture.root);
  expect(stamped).toEqual([]);
  expect(refused.map(({ check }) => check)).toContain('sections');
});

test('a file that cannot be read refuses everything, and the lock stays', () => {
  using fixture = contentFixture(altered(page, 'Vedi', 'Vedi <b'));
  expect(stamp('it', [], fixture.root).refused.map(({ check }) => check)).toEqual(['syntax']);
  expect(readLock(fixture.root)).toEqual({});
});

test('sections that English no longer has leave the lock; other languages stay', () => {
  using fixture = contentFixture();
  const hash = '0123456789abcdef';
  const lock = {
    it: { pages: { gone: { '#': hash } }, messages: {} },
    'pt-br': { pages: { index: { '#': hash } }, messages: {} },
  };
  fixture.write('translations.lock.json', JSON.stringify(lock));
  stamp('it', ['interface:run'], fixture.root);
  expect(readLock(fixture.root)).toMatchObject({ 'pt-br': lock['pt-br'] });
  const { it } = readLock(fixture.root);
  expect(it?.pages).toEqual({});
});

test('stamping twice writes the same file', () => {
  using fixture = contentFixture();
  const read = () => readFileSync(join(fixture.root, 'translations.lock.json'), 'utf8');
  stamp('it', [], fixture.root);
  const first = read();
  expect(stamp('it', [], fixture.root).stamped).toEqual([]);
  expect(read()).toBe(first);
});
