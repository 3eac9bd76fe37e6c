import { expect, test } from 'vitest';
import { contentHash, splitPage } from './sections.ts';

const page = `---
title: kubectl proxy
description: A proxy on your desktop.
order: 1
---

import Claims from '../../../src/components/Claims.astro';

It listens on \`localhost\`.

## What it is {#what}

A proxy.

### Why not TLS? {#why}

\`\`\`sh
## a comment, not a heading {#no}
kubectl   proxy
\`\`\`

## A heading without an anchor

Its text is not lost.
`;

const anchors = (source: string) => splitPage(source).sections.map(({ anchor }) => anchor);
const hashOf = (source: string, anchor: string) =>
  splitPage(source).sections.find((section) => section.anchor === anchor)?.hash;

test('a page is its frontmatter, its lead, and a section for each anchored heading', () => {
  expect(anchors(page)).toEqual(['#', '#lead', 'what', 'why']);
});

test('a section knows its line, its depth and its source', () => {
  const why = splitPage(page).sections.find(({ anchor }) => anchor === 'why');
  expect(why).toMatchObject({ depth: 3, line: 15 });
  expect(why?.source).toMatch(/^### Why not TLS\? \{#why\}\n[\s\S]*Its text is not lost\.$/u);
});

test('a page that opens with a heading has no lead', () => {
  expect(anchors('## Only {#only}\n\nText.')).toEqual(['#', 'only']);
});

test('an empty page has no section but its frontmatter', () => {
  expect(anchors('---\ntitle: Soon\n---\n')).toEqual(['#']);
});

test('reflowing prose keeps the hash', () => {
  expect(hashOf(page.replace('A proxy.', 'A\n  proxy.'), 'what')).toBe(hashOf(page, 'what'));
});

test('a changed word changes the hash of its own section only', () => {
  const changed = page.replace('A proxy.', 'A server.');
  expect(hashOf(changed, 'what')).not.toBe(hashOf(page, 'what'));
  expect(hashOf(changed, 'why')).toBe(hashOf(page, 'why'));
  expect(hashOf(changed, '#')).toBe(hashOf(page, '#'));
});

test('white space inside a code fence counts', () => {
  const changed = page.replace('kubectl   proxy', 'kubectl proxy');
  expect(hashOf(changed, 'why')).not.toBe(hashOf(page, 'why'));
});

test('only title and description of the frontmatter are translated, so only they are hashed', () => {
  expect(hashOf(page.replace('order: 1', 'order: 2'), '#')).toBe(hashOf(page, '#'));
  expect(hashOf(page.replace('your desktop', 'your machine'), '#')).not.toBe(hashOf(page, '#'));
});

test('an import is no part of any section', () => {
  expect(hashOf(page.replace('Claims.astro', 'Flags.astro'), '#lead')).toBe(hashOf(page, '#lead'));
});

test('accents written in two ways are the same text', () => {
  expect(contentHash('perche\u0301')).toBe(contentHash('perch\u00e9'));
});
