import { expect, test } from 'vitest';
import { altered, findings } from '../content-fixture.ts';

const messages = 'messages/it/interface.json';

test('a missing message is found', () => {
  expect(findings('message-keys', { [messages]: '{"run":"Esegui"}' })).toEqual([
    `${messages}:1 the message interface:search.pages | none`,
  ]);
});

test('a whole namespace without a file is found, message by message', () => {
  expect(findings('message-keys', { [messages]: null })).toHaveLength(2);
});

test('a message that English does not have is found', () => {
  expect(
    findings('message-keys', altered(messages, '"run":', '"stop": "Ferma",\n  "run":')),
  ).toEqual([`${messages}:2 only messages that English has | interface:stop`]);
});

test('an empty message is found', () => {
  expect(findings('message-keys', altered(messages, 'una pagina', ' '))).toEqual([
    `${messages}:4 a text | an empty one`,
  ]);
});
