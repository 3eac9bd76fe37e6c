import { expect, test } from 'vitest';
import { altered, findings } from '../content-fixture.ts';

const page = 'docs/it/kubectl-proxy.mdx';
const written = (text: string) => findings('typography', altered(page, 'Con `', `${text}\nCon \``));

test('a word that stands twice is found', () => {
  expect(written('Scegli il il proxy.')).toEqual([`${page}:6 each word once | "il il"`]);
});

test('a word that stands twice around code is none', () => {
  expect(written('Scegli il `--port` il mattino.')).toEqual([]);
});

test('an idiom that says a word twice is none', () => {
  expect(written('Arriva via via.')).toEqual([]);
});

test('two spaces, and a space before a sign, are found', () => {
  expect(written('Un  proxy.')).toEqual([`${page}:6 one space | "n  p"`]);
  expect(written('Un proxy .')).toEqual([`${page}:6 no space before the sign | "y ."`]);
});

test('broken encoding is found', () => {
  expect(written('PerchÃ© no.')).toHaveLength(1);
});

test('an accent that is a character of its own is found', () => {
  expect(written('Perche\u0301 no.')).toHaveLength(1);
});

test('two kinds of apostrophe are found', () => {
  expect(written("L'host e l’apiserver.")).toEqual([
    `${page}:6 the apostrophe ' of the other texts | l’`,
  ]);
  expect(written("L’host, l’apiserver e l'header.")).toEqual([
    `${page}:6 the apostrophe ’ of the other texts | l'`,
  ]);
  expect(written('L’host e l’apiserver.')).toEqual([]);
});
