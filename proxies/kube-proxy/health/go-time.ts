/** A time as Go's `time.Time.String` writes it, with the reading of the monotonic clock. */
import type { Moment } from './proxy-health.ts';

const never = '0001-01-01 00:00:00 +0000 UTC';

/** @example goTime({ wall: 1795314438213.5, now: 64214.5 }) // '2026-11-22 02:27:18.2135 +0000 UTC m=+64.214500000' */
export function goTime(moment: Moment | null): string {
  if (moment === null) return never;
  const [date = '', time = ''] = new Date(moment.wall).toISOString().split(/[TZ.]/);
  const fraction = (moment.wall % 1000).toFixed(6).padStart(10, '0').replace('.', '');
  const shown = `.${fraction}`.replace(/\.?0+$/, '');
  return `${date} ${time}${shown} +0000 UTC m=+${(moment.now / 1000).toFixed(9)}`;
}
