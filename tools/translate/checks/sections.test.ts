import { expect, test } from 'vitest';
import { altered, findings } from '../content-fixture.ts';

const page = 'docs/it/kubectl-proxy.mdx';
const english = 'docs/en/kubectl-proxy.mdx';

test('a section that was not translated is found', () => {
  const changes = altered(english, '## The filter', '## More {#more}\n\nText.\n\n## The filter');
  expect(findings('sections', changes)).toEqual([
    `${page}:1 the section kubectl-proxy#more | none`,
  ]);
});

test('a renamed anchor is found on both sides', () => {
  expect(findings('sections', altered(page, '{#filter}\n', '{#filtro}\n'))).toEqual([
    `${page}:1 the section kubectl-proxy#filter | none`,
    `${page}:8 a section that the English has | kubectl-proxy#filtro`,
  ]);
});

test('a heading without an id is found', () => {
  expect(findings('sections', altered(page, '## Il filtro {#filter}', '## Il filtro'))).toContain(
    `${page}:8 a heading with an id | none`,
  );
});

test('a heading inside a component is found', () => {
  const nested = '<Note>\n\n### Dentro {#inside}\n\n</Note>\n';
  expect(findings('sections', altered(page, 'Con `--port`', `${nested}\nCon \`--port\``))).toEqual([
    `${page}:8 a heading outside of components and lists | one inside`,
  ]);
});

test('an id that stands twice is found', () => {
  const twice = altered(page, '```sh', '## Ancora {#filter}\n\n```sh');
  expect(findings('sections', twice)).toContain(`${page}:14 each id once | #filter again`);
});

test('sections in another order are found', () => {
  const swapped = {
    [english]: '---\ntitle: T\n---\n\n## A {#a}\n\n## B {#b}\n',
    [page]: '---\ntitle: T\n---\n\n## B {#b}\n\n## A {#a}\n',
  };
  expect(findings('sections', swapped)).toEqual([
    `${page}:5 kubectl-proxy#a | kubectl-proxy#b`,
    `${page}:7 kubectl-proxy#b | kubectl-proxy#a`,
  ]);
});

test('a heading of another level is found', () => {
  expect(findings('sections', altered(page, '## Il filtro', '### Il filtro'))).toEqual([
    `${page}:8 ## | ###`,
  ]);
});
