import { expect, test } from 'vitest';
import { altered, findings } from '../content-fixture.ts';

const page = 'docs/it/kubectl-proxy.mdx';
const home = 'docs/it/index.mdx';

test('a link into another language is found', () => {
  expect(findings('links', altered(home, '/it/', '/en/'))).toEqual([
    `${home}:6 /it/kubectl-proxy/#filter | /en/kubectl-proxy/#filter`,
  ]);
});

test('a link to a page that does not exist is found', () => {
  expect(findings('links', altered(home, '/it/kubectl-proxy/', '/it/kubectl/'))).toContain(
    `${home}:6 a page that exists | /it/kubectl/#filter`,
  );
});

test('an anchor that does not exist is found, on the page and on another', () => {
  expect(findings('links', altered(page, '(#filter)', '(#filtro)'))).toContain(
    `${page}:12 a section or component of kubectl-proxy | #filtro`,
  );
  expect(findings('links', altered(home, '#filter', '#filtro'))).toContain(
    `${home}:6 a section or component of kubectl-proxy | #filtro`,
  );
});

test('what a component draws from the descriptor can be linked to', () => {
  const to = (id: string) => ({
    ...altered('docs/en/index.mdx', '#filter', id),
    ...altered(home, '#filter', id),
  });
  for (const id of ['#flag-port', '#claim-client-http', '#example-version', '#flags-listen']) {
    expect(findings('links', to(id))).toEqual([]);
  }
  expect(findings('links', to('#flag-porta'))).toHaveLength(1);
});

test('a lost link is found', () => {
  expect(findings('links', altered(page, '[sopra](#filter)', 'sopra'))).toEqual([
    `${page}:8 #filter | none`,
  ]);
});

test("kubernetes.io may be linked in the reader's language", () => {
  const link = (url: string) => `[k](https://kubernetes.io${url}).`;
  const changes = {
    ...altered('docs/en/index.mdx', 'Read', `${link('/docs/')} Read`),
    ...altered(home, 'Leggi', `${link('/it/docs/')} Leggi`),
  };
  expect(findings('links', changes)).toEqual([]);
});

test('a message that leads into another language is found', () => {
  const messages = 'messages/it/interface.json';
  expect(findings('links', altered(messages, 'Esegui', '<0 to=/pt-br/>E</0>'))).toEqual([
    `${messages}:2 /it/ | /pt-br/`,
  ]);
});
