/** The experiment of the load balancer's page: what happens, as it happens. Safe in a browser. */

/** A request over a new connection has been answered, or has failed. `atMs` is when it began. */
export interface AttemptLine {
  readonly type: 'attempt';
  readonly atMs: number;
  readonly tookMs: number;
  /** `apiserver-2`; null where nobody knows any more. */
  readonly apiserver: string | null;
  readonly isFailed: boolean;
}

/** The watch is open, or has ended. */
export interface WatchLine {
  readonly type: 'watch';
  readonly atMs: number;
  readonly state: 'open' | 'ended';
  readonly apiserver: string | null;
}

export interface KilledLine {
  readonly type: 'killed';
  readonly atMs: number;
  readonly apiserver: string;
}

/** Those among which connections are dealt out. */
export interface ApiserversLine {
  readonly type: 'apiservers';
  readonly apiservers: readonly string[];
}

export type FailoverLine = ApiserversLine | AttemptLine | WatchLine | KilledLine;

export interface FailoverSummary {
  /** `whole`: nothing failed. `moved`: some failed, then none any more. `stuck`: it went on. */
  readonly result: 'whole' | 'moved' | 'stuck';
  readonly requests: number;
  readonly failed: number;
  readonly slowestMs: number;
  /** From the kill to the end of the last request that failed; 0 where none did. */
  readonly settledMs: number;
  /** From the kill until the watch had ended, and until it was open again; null where it did not come to that. */
  readonly watchEndedMs: number | null;
  readonly watchOpenMs: number | null;
}

/** What it came to. @param isQuiet whether the last of its time went without a failure */
export function summarize(lines: readonly FailoverLine[], isQuiet: boolean): FailoverSummary {
  const attempts = lines.filter((line) => line.type === 'attempt');
  const failed = attempts.filter(({ isFailed }) => isFailed);
  const killedAt = lines.find((line) => line.type === 'killed')?.atMs ?? 0;
  const watchAfter = (wanted: WatchLine['state']) => {
    const line = lines.find(
      (one) => one.type === 'watch' && one.state === wanted && one.atMs >= killedAt,
    );
    return line?.type === 'watch' ? Math.round(line.atMs - killedAt) : null;
  };
  const lastFailure = Math.max(killedAt, ...failed.map(({ atMs, tookMs }) => atMs + tookMs));
  return {
    result: !isQuiet ? 'stuck' : failed.length === 0 ? 'whole' : 'moved',
    requests: attempts.length,
    failed: failed.length,
    slowestMs: Math.round(Math.max(0, ...attempts.map(({ tookMs }) => tookMs))),
    settledMs: Math.round(lastFailure - killedAt),
    watchEndedMs: watchAfter('ended'),
    watchOpenMs: watchAfter('open'),
  };
}
