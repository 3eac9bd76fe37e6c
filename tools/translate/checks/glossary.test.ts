import { expect, test } from 'vitest';
import { altered, findings } from '../content-fixture.ts';

const page = 'docs/it/kubectl-proxy.mdx';
const english = 'docs/en/kubectl-proxy.mdx';
const glossary = {
  'glossary.json': JSON.stringify({
    languages: {
      it: {
        note: '',
        never: [{ pattern: "qual'è", example: "qual'è", why: 'An elision.', instead: 'qual è' }],
      },
    },
    terms: [
      { term: 'bastion', keep: true, required: true },
      {
        term: 'authentication',
        translations: {
          it: {
            use: ['autenticazione'],
            match: 'autentic\\p{L}*',
            required: true,
            never: [
              {
                pattern: 'comunicazione',
                example: 'comunicazione',
                why: 'Not that.',
                instead: 'autenticazione',
                when: 'term',
              },
            ],
          },
        },
      },
    ],
  }),
};
const translated = (source: string, translation: string) =>
  findings('glossary', {
    ...glossary,
    ...altered(english, 'It listens', `${source}\nIt listens`),
    ...altered(page, 'Con `', `${translation}\nCon \``),
  });

test('a good translation passes', () => {
  expect(translated('A bastion adds authentication.', 'Un bastion autentica.')).toEqual([]);
});

test('a rendering that is forbidden is found where it stands', () => {
  expect(translated('Hello.', 'Ciao.\nQual’è il proxy?')).toEqual([`${page}:7 qual è | “Qual’è”`]);
});

test('a rendering that is forbidden for a term is free without the term', () => {
  expect(translated('A message.', 'Una comunicazione.')).toEqual([]);
  expect(translated('Authentication.', 'Autenticazione e comunicazione.')).toEqual([
    `${page}:6 autenticazione | “comunicazione”`,
  ]);
});

test('a word that must not be lost is missed', () => {
  expect(translated('Adds authentication headers.', 'Aggiunge gli header.')).toEqual([
    `${page}:6 autenticazione | nothing for “authentication”`,
  ]);
});

test('a term that is kept must not be translated', () => {
  expect(translated('A bastion.', 'Un bastione.')).toEqual([
    `${page}:6 bastion | nothing for “bastion”`,
  ]);
});
