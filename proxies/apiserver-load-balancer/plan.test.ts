import { describe, expect, it } from 'vitest';
import type { Condition } from './backend.ts';
import { planForwarding, type PlannedBackend } from './plan.ts';

type Trait = 'draining' | 'removed' | 'due';

/** @param text as `a ready`, or `b dead due`: a name, a condition, and what else is the case; `v6` is of IPv6 */
function planned(text: string): PlannedBackend {
  const [name, condition, ...traits] = text.split(' ') as [string, Condition, ...Trait[]];
  const address = '192.0.2.1';
  const isDraining = traits.includes('draining');
  return {
    backend: { name, address, port: 6443, family: name === 'v6' ? 'IPv6' : 'IPv4', isDraining },
    condition,
    isWanted: !traits.includes('removed'),
    isDue: traits.includes('due'),
  };
}

function plan(backends: readonly string[], whenNoneReady: 'try-all' | 'refuse'): string {
  const { eligible, reset } = planForwarding(backends.map(planned), whenNoneReady);
  const names = (list: readonly { name: string }[]) => list.map(({ name }) => name).join(' ');
  return reset.length === 0 ? names(eligible) : `${names(eligible)}, reset ${names(reset)}`;
}

describe.each(['try-all', 'refuse'] as const)('with %s', (whenNoneReady) => {
  it.each([
    ['all that are ready', ['a ready', 'b ready', 'c ready'], 'a b c'],
    ['in the order of the list', ['c ready', 'b ready', 'a ready'], 'c b a'],
    ['at the start: those not checked yet', ['a unknown', 'b unknown'], 'a b'],
    ['once one is ready: only that one', ['a unknown', 'b ready', 'c unknown'], 'b'],
    ['at the start: not those that do not answer', ['a unknown', 'b dead due'], 'a, reset b'],
    ['while somebody is ready: nobody that is suspect', ['a suspect', 'b ready'], 'b'],
    ['all suspect: all of them', ['a suspect', 'b suspect'], 'a b'],
    ['suspect before dead and not ready', ['a suspect', 'b dead', 'c not-ready'], 'a'],
    ['nobody that answers 500', ['a ready', 'b not-ready', 'c ready'], 'a c'],
    ['nobody of another cluster', ['a untrusted', 'b ready'], 'b'],
    ['only those of another cluster: nobody', ['a untrusted', 'b untrusted'], ''],
    ['nobody that the operator drains', ['a ready draining', 'b ready'], 'b'],
    ['only one, which the operator drains: nobody', ['a ready draining'], ''],
    ['nobody that was taken off the list', ['b ready', 'a ready removed'], 'b'],
    ['nobody is left on the list', ['a ready removed'], ''],
    ['no backends', [], ''],
    ['a backend dies', ['a dead due', 'b ready'], 'b, reset a'],
    ['a dead one was reset', ['a dead', 'b ready'], 'b'],
    ['one taken off the list dies', ['b ready', 'a dead removed due'], 'b, reset a'],
    ['one has had its time to drain', ['a not-ready due', 'b ready'], 'b, reset a'],
  ])('%s', (_, backends, expected) => {
    expect(plan(backends, whenNoneReady)).toBe(expected);
  });
});

it.each([
  ['all dead', ['a dead', 'b dead'], 'a b', ''],
  [
    'the last one dies: what it had ends, and it is tried',
    ['a dead', 'b dead due'],
    'a b, reset b',
    ', reset b',
  ],
  ['who answers 500 before who does not answer', ['a dead', 'b not-ready', 'c dead'], 'b', ''],
  ['all answer 500', ['a not-ready', 'b not-ready'], 'a b', ''],
  ['never one of another cluster', ['a dead', 'b untrusted'], 'a', ''],
  ['never one that drains', ['a dead', 'b dead draining', 'c dead removed'], 'a', ''],
])('nobody is ready, %s', (_, backends, tryingAll, refusing) => {
  expect(plan(backends, 'try-all')).toBe(tryingAll);
  expect(plan(backends, 'refuse')).toBe(refusing);
});

it('asks who is ready in each family, where clients cannot be sent to the other', () => {
  const backends = ['a dead', 'b suspect', 'v6 ready'].map(planned);
  const namesOf = (crossesFamilies: boolean) =>
    planForwarding(backends, 'try-all', crossesFamilies).eligible.map(({ name }) => name);
  expect(namesOf(true)).toEqual(['v6']);
  expect(namesOf(false)).toEqual(['b', 'v6']);
});

it('tells the dataplane what it needs, and no more', () => {
  const { eligible } = planForwarding([planned('a ready')], 'try-all');
  expect(eligible).toEqual([{ name: 'a', address: '192.0.2.1', port: 6443, family: 'IPv4' }]);
});
