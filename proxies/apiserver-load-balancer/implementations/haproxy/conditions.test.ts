/** What `show stat` of HAProxy 2.6 said of a server, and what that is called here. */
import { expect, test } from 'vitest';
import type { Condition } from '../../backend.ts';
import { conditionOf } from './conditions.ts';

const cases: readonly (readonly [
  status: string,
  checkStatus: string,
  desc: string,
  last: string,
  Condition,
])[] = [
  ['UP', 'INI', 'Initializing', '', 'unknown'],
  ['UP', 'L7OK', 'Layer7 check passed', 'OK', 'ready'],
  ['UP', '* L7OK', 'Layer7 check passed', 'OK', 'ready'],
  ['UP 1/2', 'L4CON', 'Layer4 connection problem', 'Connection refused', 'suspect'],
  ['DOWN', 'L4CON', 'Layer4 connection problem', 'Connection refused', 'dead'],
  ['DOWN', '* L4TOUT', 'Layer4 timeout', '', 'dead'],
  ['DOWN', 'L6TOUT', 'Layer6 timeout', '', 'dead'],
  ['DOWN', 'L6RSP', 'Layer6 invalid response', 'SSL handshake failure', 'untrusted'],
  ['NOLB', 'L7OKC', 'Layer7 check conditionally passed', 'Internal Server Error', 'not-ready'],
  ['DRAIN', 'L7OK', 'Layer7 check passed', 'OK', 'ready'],
];

test.each(cases)('%s, %s (%s, %s) is %5$s', (status, checkStatus, desc, last, condition) => {
  const said = conditionOf(
    new Map([
      ['status', status],
      ['check_status', checkStatus],
      ['check_desc', desc],
      ['last_chk', last],
      ['check_duration', '4'],
      ['lastchg', '12'],
    ]),
  );
  expect(said).toMatchObject({ condition, sinceSeconds: 12, checkMs: 4 });
  const isTold = condition !== 'ready' && condition !== 'unknown';
  expect(said.reason).toBe(isTold ? [desc, last].filter(Boolean).join(': ') : null);
});

test.each(['', '18446744073709551615'])('a check that took %j was not measured', (duration) => {
  expect(conditionOf(new Map([['check_duration', duration]])).checkMs).toBeNull();
});
