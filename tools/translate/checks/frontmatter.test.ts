import { expect, test } from 'vitest';
import { altered, findings } from '../content-fixture.ts';

const page = 'docs/it/index.mdx';

test('a missing description is found', () => {
  const changes = altered(page, 'description: Ogni affermazione si può eseguire.\n', '');
  expect(findings('frontmatter', changes)).toEqual([`${page}:1 a description | nothing`]);
});

test('an empty title is found', () => {
  expect(findings('frontmatter', altered(page, 'title: Hop by Hop', 'title: ""'))).toEqual([
    `${page}:1 a title | ""`,
  ]);
});

test('a field with another value than in English is found', () => {
  const changes = {
    ...altered('docs/en/index.mdx', '---\ntitle', '---\norder: 100\ntitle'),
    ...altered(page, '---\ntitle', '---\norder: 90\ntitle'),
  };
  expect(findings('frontmatter', changes)).toEqual([`${page}:1 order: 100 | 90`]);
});
