import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readMessages, readPage, translatedLocales } from './content-files.ts';
import type { Locale } from './locales.ts';
import { messageStates, pageState, sectionStates } from './freshness.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'freshness-'));
  write(
    'docs/en/kubectl-proxy.mdx',
    '---\ntitle: T\n---\n\n## A {#a}\n\nOne.\n\n## B {#b}\n\nTwo.\n',
  );
  write('messages/en/interface.json', '{"run":"Run","stop":"Stop"}');
});

afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** The lock after a stamp of everything in the present English. */
function stampAll(): void {
  const page = readPage('en', 'kubectl-proxy', root)?.sections ?? [];
  const messages = readMessages('en', 'interface', root);
  const lock = {
    'pt-br': {
      pages: {
        'kubectl-proxy': Object.fromEntries(page.map(({ anchor, hash }) => [anchor, hash])),
      },
      messages: { interface: Object.fromEntries(messages.map(({ key, hash }) => [key, hash])) },
    },
  };
  write('translations.lock.json', JSON.stringify(lock));
}

const states = (locale: Locale) =>
  sectionStates(locale, 'kubectl-proxy', root).map(({ anchor, state }) => `${anchor} ${state}`);

test('a language is there with a folder of pages or of messages', () => {
  expect(translatedLocales(root)).toEqual([]);
  write('messages/pt-BR/interface.json', '{}');
  write('docs/it/kubectl-proxy.mdx', '');
  expect(translatedLocales(root)).toEqual(['it', 'pt-br']);
});

test('English is always current', () => {
  expect(states('en')).toEqual(['# current', 'a current', 'b current']);
  expect(pageState('en', 'kubectl-proxy', root)).toBe('current');
});

test('a page without a translation is missing, and so are its sections', () => {
  expect(pageState('it', 'kubectl-proxy', root)).toBe('missing');
  expect(states('it')).toEqual(['# missing', 'a missing', 'b missing']);
});

test('a section goes stale when its English changes, and no other does', () => {
  write('docs/pt-br/kubectl-proxy.mdx', '---\ntitle: T\n---\n\n## A {#a}\n\nUm.\n\n## B {#b}\n');
  stampAll();
  expect(states('pt-br')).toEqual(['# current', 'a current', 'b current']);
  expect(pageState('pt-br', 'kubectl-proxy', root)).toBe('current');
  write(
    'docs/en/kubectl-proxy.mdx',
    '---\ntitle: T\n---\n\n## A {#a}\n\nOne.\n\n## B {#b}\n\n2.\n',
  );
  expect(states('pt-br')).toEqual(['# current', 'a current', 'b stale']);
  expect(pageState('pt-br', 'kubectl-proxy', root)).toBe('stale');
});

test('a translation that nobody stamped is stale, and a section it lacks is missing', () => {
  write('docs/pt-br/kubectl-proxy.mdx', '---\ntitle: T\n---\n\n## A {#a}\n\nUm.\n');
  expect(states('pt-br')).toEqual(['# stale', 'a stale', 'b missing']);
});

test('messages have states of their own', () => {
  write('messages/pt-BR/interface.json', '{"run":"Executar"}');
  stampAll();
  write('messages/en/interface.json', '{"run":"Run it","stop":"Stop"}');
  expect(messageStates('pt-br', root)).toEqual([
    { namespace: 'interface', key: 'run', state: 'stale' },
    { namespace: 'interface', key: 'stop', state: 'missing' },
  ]);
});
