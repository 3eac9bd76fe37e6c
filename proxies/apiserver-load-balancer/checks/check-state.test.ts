import { expect, it } from 'vitest';
import { nextState, uncheckedState, type CheckEvent } from './check-state.ts';

const events: Readonly<Record<string, CheckEvent>> = {
  good: { kind: 'good' },
  bad: { kind: 'bad', reason: 'answers 500' },
  untrusted: { kind: 'untrusted', reason: 'x509' },
  refused: { kind: 'refused', reason: 'refused' },
  silent: { kind: 'unanswered', reason: 'silent' },
  doubt: { kind: 'doubt', reason: 'late' },
};

/** The conditions that these events lead through, one after the other. */
function conditions(story: string): string {
  let state = uncheckedState;
  const passed = story.split(' ').map((name) => {
    const event = events[name];
    if (event === undefined) throw new Error(`no event ${name}`);
    state = nextState(state, event, { rise: 2, fall: 2 });
    return state.condition;
  });
  return passed.join(' ');
}

it.each([
  ['the first check counts alone', 'good', 'ready'],
  ['not checked is not known', 'doubt silent', 'unknown unknown'],
  ['silence has to last', 'silent silent silent', 'unknown dead dead'],
  ['a doubt takes nothing but new connections', 'good doubt good', 'ready suspect ready'],
  ['a check without an answer does, too', 'good silent good', 'ready suspect ready'],
  ['an answer between two silences', 'good silent good silent', 'ready suspect ready suspect'],
  ['as many silences as are allowed', 'good doubt silent silent', 'ready suspect suspect dead'],
  ['nobody listens', 'good refused', 'ready dead'],
  ['nobody listens yet', 'refused', 'dead'],
  ['back from the dead by rise', 'refused good good', 'dead dead ready'],
  ['rise is in a row: refused', 'refused good refused good good', 'dead dead dead dead ready'],
  ['rise is in a row: silent', 'refused good silent good good', 'dead dead dead dead ready'],
  [
    'rise is in a row: 500',
    'bad good bad good good',
    'not-ready not-ready not-ready not-ready ready',
  ],
  ['500 at once', 'good bad', 'ready not-ready'],
  ['500 from the dead', 'refused bad', 'dead not-ready'],
  ['500, then silence', 'bad silent silent', 'not-ready not-ready dead'],
  ['500, then nobody listens', 'good bad refused', 'ready not-ready dead'],
  ['a doubt is no death', 'bad doubt doubt doubt', 'not-ready not-ready not-ready not-ready'],
  ['another cluster', 'good untrusted', 'ready untrusted'],
  [
    'whose silence proves nothing',
    'untrusted silent silent refused doubt',
    Array(5).fill('untrusted').join(' '),
  ],
  ['and which is this one after all', 'untrusted good', 'untrusted ready'],
  ['or at least answers as this one', 'untrusted bad', 'untrusted not-ready'],
])('%s: %s', (_, story, expected) => {
  expect(conditions(story)).toBe(expected);
});

it('says why, as long as it is so', () => {
  const check = { rise: 3, fall: 1 };
  const dead = nextState(uncheckedState, { kind: 'unanswered', reason: 'silent' }, check);
  expect(dead).toMatchObject({ condition: 'dead', reason: 'silent' });
  const rising = nextState(dead, { kind: 'good' }, check);
  expect(rising).toMatchObject({ condition: 'dead', reason: 'answers 200, 1 of 3 times' });
  const again = nextState(nextState(rising, { kind: 'good' }, check), { kind: 'good' }, check);
  expect(again).toMatchObject({ condition: 'ready', reason: null });
});
