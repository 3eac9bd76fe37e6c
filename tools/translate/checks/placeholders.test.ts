import { expect, test } from 'vitest';
import { altered, findings } from '../content-fixture.ts';

const messages = 'messages/it/interface.json';

test('a translated placeholder is found', () => {
  expect(findings('placeholders', altered(messages, '{{command}}', '{{comando}}'))).toEqual([
    `${messages}:2 {{command}} | {{comando}}`,
  ]);
});

test('a lost placeholder is found in the form that lost it', () => {
  expect(findings('placeholders', altered(messages, '{{count}} pagine', 'pagine'))).toEqual([
    `${messages}:6 {{count}} | none`,
  ]);
});

test('a tag that was not closed is found', () => {
  const changes = {
    ...altered('messages/en/interface.json', 'again', '<0>again</0>'),
    ...altered(messages, 'di nuovo', '<0>di nuovo'),
  };
  expect(findings('placeholders', changes)).toEqual([`${messages}:2 </0> | none`]);
});

test('what a usage line wants filled in is translated', () => {
  const changes = {
    ...altered('messages/en/interface.json', 'again', 'again <command>'),
    ...altered(messages, 'di nuovo', 'di nuovo <comando>'),
  };
  expect(findings('placeholders', changes)).toEqual([]);
});

test('the form for one thing may say it in words', () => {
  expect(findings('placeholders', {})).toEqual([]);
});
