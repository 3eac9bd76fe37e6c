import { expect, test } from 'vitest';
import { messageUnits } from './message-units.ts';

const units = (messages: object) => messageUnits(JSON.stringify(messages));

test('keys are dotted, in the order of the file', () => {
  expect(units({ b: { z: 'Z', y: 'Y' }, a: 'A' }).map(({ key }) => key)).toEqual([
    'b.z',
    'b.y',
    'a',
  ]);
});

test('the plural forms of a message are one unit', () => {
  const [unit] = units({ hops_one: '{{count}} hop', hops_other: '{{count}} hops' });
  expect(unit?.key).toBe('hops');
  expect([...(unit?.forms ?? [])]).toEqual([
    ['one', '{{count}} hop'],
    ['other', '{{count}} hops'],
  ]);
});

test('a suffix without an _other beside it is an ordinary key', () => {
  expect(units({ the_one: 'Neo' }).map(({ key }) => key)).toEqual(['the_one']);
});

test('ordinals count as forms of their own', () => {
  const [unit] = units({ place_ordinal_one: '1st', place_ordinal_other: '{{count}}th' });
  expect([...(unit?.forms.keys() ?? [])]).toEqual(['ordinal_one', 'ordinal_other']);
});

test('a change of any form changes the hash', () => {
  const before = units({ x_one: 'a hop', x_other: 'hops' })[0]?.hash;
  expect(units({ x_one: 'one hop', x_other: 'hops' })[0]?.hash).not.toBe(before);
});

test('a value that is not text is refused', () => {
  expect(() => units({ count: 3 })).toThrow();
});
