/** What HAProxy's checks say of a server, in our words. */
import type { Condition } from '../../backend.ts';
import { numberOf, type StatisticsRow } from './statistics.ts';

export interface CheckedServer {
  readonly condition: Condition;
  readonly reason: string | null;
  readonly sinceSeconds: number;
  readonly checkMs: number | null;
}

/** By the last check that has ended. A status with `*` in front is of one that goes on. */
const conditions: readonly (readonly [status: RegExp, said: RegExp, condition: Condition])[] = [
  [/^(\* )?(INI|UNK)$/, /^/, 'unknown'],
  [/L6RSP|L6TOUT/, /verify|certificate|SSL handshake failure/i, 'untrusted'],
  [/L7STS|L7RSP|L7OKC/, /^/, 'not-ready'],
  [/L[467]OK/, /^/, 'ready'],
  [/^/, /^/, 'dead'],
];

export function conditionOf(row: StatisticsRow): CheckedServer {
  const status = row.get('status') ?? '';
  const checkStatus = row.get('check_status') ?? '';
  const said = [row.get('check_desc'), row.get('last_chk')].filter((text) => text).join(': ');
  const condition = isGoingDown(status)
    ? 'suspect'
    : (conditions.find(([first, second]) => first.test(checkStatus) && second.test(said))?.[2] ??
      'unknown');
  return {
    condition,
    reason: condition === 'ready' || condition === 'unknown' || said === '' ? null : said,
    sinceSeconds: numberOf(row, 'lastchg'),
    checkMs: row.get('check_duration') === '' ? null : numberOf(row, 'check_duration'),
  };
}

/** `UP 1/3`: some checks have failed, not yet all that it takes. */
function isGoingDown(status: string): boolean {
  return /^UP \d/.test(status);
}
