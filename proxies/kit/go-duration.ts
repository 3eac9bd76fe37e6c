/** Go's durations (`time.ParseDuration`): `300ms`, `-1.5h`, `2h45m`, and a bare `0`. */

const unitMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/**
 * The milliseconds of a Go duration.
 *
 * @example parseGoDuration('1m30s') // 90000
 * @throws Error with Go's text: `time: invalid duration "x"`.
 */
export function parseGoDuration(text: string): number {
  const [, sign, rest = ''] = /^([-+]?)(.*)$/s.exec(text) ?? [];
  if (rest === '0') return 0;
  if (rest === '') throw new Error(`time: invalid duration ${JSON.stringify(text)}`);
  let totalMs = 0;
  for (let at = 0; at < rest.length;) {
    const part = /^(\d+\.?\d*|\.\d+)([^\d.]*)/.exec(rest.slice(at));
    if (part === null) throw new Error(`time: invalid duration ${JSON.stringify(text)}`);
    const [whole, amount = '', unit = ''] = part;
    if (unit === '') {
      throw new Error(`time: missing unit in duration ${JSON.stringify(text)}`);
    }
    const scale = unitMs[unit];
    if (scale === undefined) {
      throw new Error(
        `time: unknown unit ${JSON.stringify(unit)} in duration ${JSON.stringify(text)}`,
      );
    }
    totalMs += Number(amount) * scale;
    at += whole.length;
  }
  return sign === '-' ? -totalMs : totalMs;
}

/**
 * Milliseconds as Go writes a duration (`time.Duration.String`).
 *
 * @example goDuration(90_000) // '1m30s'
 * @example goDuration(250) // '250ms'
 */
export function goDuration(ms: number): string {
  const sign = ms < 0 ? '-' : '';
  const size = Math.abs(ms);
  if (size === 0) return '0s';
  if (size < 1000) {
    if (size >= 1) return `${sign}${trimmed(size)}ms`;
    return size >= 1e-3 ? `${sign}${trimmed(size * 1e3)}µs` : `${sign}${Math.round(size * 1e6)}ns`;
  }
  const hours = Math.floor(size / 3_600_000);
  const minutes = Math.floor((size % 3_600_000) / 60_000);
  const seconds = trimmed((size % 60_000) / 1000);
  if (hours > 0) return `${sign}${hours}h${minutes}m${seconds}s`;
  return minutes > 0 ? `${sign}${minutes}m${seconds}s` : `${sign}${seconds}s`;
}

/** To the nanosecond of a second, without zeros at the end. */
function trimmed(value: number): string {
  return String(Number(value.toFixed(9)));
}
