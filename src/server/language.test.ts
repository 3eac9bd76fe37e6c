import { expect, test } from 'vitest';
import { localeOfPath, preferredLocale } from './language.ts';

test.each([
  [undefined, null],
  ['', null],
  ['*', null],
  ['de-DE,fr;q=0.8', null],
  ['de, *;q=0.1', null],
  ['it', 'it'],
  ['it-CH,en;q=0.5', 'it'],
  ['pt', 'pt-br'],
  ['pt-BR', 'pt-br'],
  ['PT-br', 'pt-br'],
  ['pt-PT,en;q=0.5', 'pt-br'],
  ['en;q=0.2,it;q=0.9', 'it'],
  ['it;q=0,en', 'en'],
  ['en-GB-oxendict', 'en'],
  [';;;,,q=', null],
])('Accept-Language %o asks for %o', (header, locale) => {
  expect(preferredLocale(header)).toBe(locale);
});

test('the first segment of a path is its language', () => {
  expect(localeOfPath('/pt-br/kubectl-proxy/')).toBe('pt-br');
  expect(localeOfPath('/pt-BR/kubectl-proxy/')).toBeNull();
  expect(localeOfPath('/')).toBeNull();
});
