/** Conditional requests as Go's `net/http` evaluates them, for files that have a date and no ETag. */
import type { HeaderLine } from '../kit/upstream.ts';

export interface ConditionalRequest {
  readonly method: string;
  readonly headers: readonly HeaderLine[];
}

export interface Conditions {
  /** The request ends here; null where it goes on. */
  readonly status: 304 | 412 | null;
  /** The Range header that still holds; empty where there is none. */
  readonly range: string;
}

/** In the order of RFC 9110, section 13.2.2. */
export function checkConditions(request: ConditionalRequest, modified: Date): Conditions {
  const ended = (status: 304 | 412): Conditions => ({ status, range: '' });
  const ifMatch = header(request, 'if-match');
  const unmodifiedSince = parseDate(header(request, 'if-unmodified-since'));
  if (ifMatch !== '' ? !namesAny(ifMatch) : unmodifiedSince !== null && modified > unmodifiedSince)
    return ended(412);

  const ifNoneMatch = header(request, 'if-none-match');
  if (ifNoneMatch !== '') {
    if (namesAny(ifNoneMatch)) return ended(isRead(request) ? 304 : 412);
  } else if (isNotModifiedSince(request, modified)) return ended(304);

  return { status: null, range: isRangeStale(request, modified) ? '' : header(request, 'range') };
}

/** Whether `If-Modified-Since` says that the client has it already. */
export function isNotModifiedSince(request: ConditionalRequest, modified: Date): boolean {
  const since = parseDate(header(request, 'if-modified-since'));
  return isRead(request) && since !== null && modified <= since;
}

/** `If-Range` with another date, or with an ETag, which no file here has. */
function isRangeStale(request: ConditionalRequest, modified: Date): boolean {
  const ifRange = header(request, 'if-range');
  if (ifRange === '' || !isRead(request)) return false;
  return parseDate(ifRange)?.getTime() !== modified.getTime();
}

function isRead({ method }: ConditionalRequest): boolean {
  return method === 'GET' || method === 'HEAD';
}

function header({ headers }: ConditionalRequest, wanted: string): string {
  return headers.find(([name]) => name.toLowerCase() === wanted)?.[1] ?? '';
}

/** Whether a list of ETags has a `*`: Go reads it up to the first thing that is no ETag. */
function namesAny(list: string): boolean {
  return /^(?:[ \t,]*(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*")*[ \t,]*\*/.test(list);
}

const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
const formats = [
  /^[A-Z][a-z]{2}, (?<day>\d\d) (?<month>[A-Z][a-z]{2}) (?<year>\d{4}) (?<time>\d\d:\d\d:\d\d) GMT$/,
  /^[A-Z][a-z]+, (?<day>\d\d)-(?<month>[A-Z][a-z]{2})-(?<year>\d\d) (?<time>\d\d:\d\d:\d\d) GMT$/,
  /^[A-Z][a-z]{2} (?<month>[A-Z][a-z]{2}) (?<day>[ \d]\d) (?<time>\d\d:\d\d:\d\d) (?<year>\d{4})$/,
];

/** The three formats of RFC 9110, section 5.6.7; null for anything else. */
function parseDate(text: string): Date | null {
  for (const format of formats) {
    const groups = format.exec(text)?.groups;
    if (!groups) continue;
    const { day = '', month = '', year = '', time = '' } = groups;
    const number = months.indexOf(month) + 1;
    const full = year.length === 4 ? year : `${Number(year) < 69 ? '20' : '19'}${year}`;
    const padded = [full, String(number).padStart(2, '0'), day.trim().padStart(2, '0')].join('-');
    const date = new Date(`${padded}T${time}Z`);
    return Number.isNaN(date.getTime()) ? null : date;
  }
  return null;
}
