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
