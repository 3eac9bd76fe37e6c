import { expect, test } from 'vitest';
import { altered, findings } from '../content-fixture.ts';

const messages = 'messages/it/interface.json';

test('a form that the language needs is found missing', () => {
  const changes = altered(messages, '"pages_many": "{{count}} di pagine",', '');
  expect(findings('plurals', changes)).toEqual([`${messages}:4 pages_many | none`]);
});

test('a form that the language does not have is found', () => {
  const changes = altered(messages, '"pages_one"', '"pages_few": "{{count}}", "pages_one"');
  expect(findings('plurals', changes)).toEqual([`${messages}:4 no further form | pages_few`]);
});

test('forms of a message that does not count are found', () => {
  const changes = altered(messages, '"run":', '"run_one": "x", "run_other":');
  expect(findings('plurals', changes)).toEqual([`${messages}:2 run | run_one, run_other`]);
});
