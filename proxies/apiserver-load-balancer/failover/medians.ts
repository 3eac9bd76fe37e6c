/** What several rounds come to. */
import type { Failover } from './measure.ts';

/** Of each figure; `null`, which is never, is more than any number. */
export function medians(rounds: readonly Failover[]): Failover {
  const of = (figure: (one: Failover) => number | null) => {
    const middle = median(rounds.map((one) => figure(one) ?? Infinity));
    return middle === Infinity ? null : middle;
  };
  const number = (figure: (one: Failover) => number) => median(rounds.map(figure));
  const codes = new Set(rounds.flatMap(({ failures }) => Object.keys(failures)));
  return {
    requests: number((one) => one.requests),
    failed: number((one) => one.failed),
    cutShort: number((one) => one.cutShort),
    failures: Object.fromEntries(
      [...codes].map((code) => [code, number(({ failures }) => failures[code] ?? 0)]),
    ),
    slowestMs: number((one) => one.slowestMs),
    slowestBeforeMs: number((one) => one.slowestBeforeMs),
    untilNoneFailsMs: of((one) => one.untilNoneFailsMs),
    switchedMs: of((one) => one.switchedMs),
    idleEndedMs: of((one) => one.idleEndedMs),
    busyEndedMs: of((one) => one.busyEndedMs),
    othersEnded: number((one) => one.othersEnded),
  };
}

/** Of an even number, the one before the middle: it was measured. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
  return Number.isFinite(middle) ? Math.round(middle * 10) / 10 : middle;
}
