/** What HAProxy's checks say of a server, in our words. */
import type { Condition } from '../../backend.ts';
import { numberOf, type StatisticsRow } from './statistics.ts';

export interface CheckedServer {
  readonly condition: Condition;
  readonly reason: string | null;
  readonly sinceSeconds: number;
  readonly checkMs: number | null;
}

/** By the last check that has ended; a status with `*` in front is of one that goes on. */
const conditions: readonly (readonly [checkStatus: RegExp, condition: Condition])[] = [
  [/INI|UNK|^$/, 'unknown'],
  // No TLS came about, most often because of the certificate. It does not always say.
  [/L6RSP/, 'untrusted'],
  [/L7STS|L7RSP|L7OKC/, 'not-ready'],
  [/L[467]OK/, 'ready'],
  [/^/, 'dead'],
];

export function conditionOf(row: StatisticsRow): CheckedServer {
  const checkStatus = row.get('check_status') ?? '';
  const condition = isGoingDown(row.get('status') ?? '')
    ? 'suspect'
    : (conditions.find(([pattern]) => pattern.test(checkStatus))?.[1] ?? 'unknown');
  const said = [row.get('check_desc'), row.get('last_chk')].filter((text) => text).join(': ');
  return {
    condition,
    reason: condition === 'ready' || condition === 'unknown' || said === '' ? null : said,
    sinceSeconds: numberOf(row, 'lastchg'),
    checkMs: checkMsOf(row),
  };
}

/** `UP 1/3`: some checks have failed, not yet all that it takes. */
function isGoingDown(status: string): boolean {
  return /^UP \d/.test(status);
}

/** HAProxy says minus one, without its sign, where it has not measured. */
function checkMsOf(row: StatisticsRow): number | null {
  const text = row.get('check_duration') ?? '';
  return /^\d{1,9}$/.test(text) ? Number(text) : null;
}
