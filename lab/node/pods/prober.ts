/** A probe that is tried again and again, and counts to its thresholds. */
import type { Probe } from './pod.ts';
import type { ProbeResult } from './probe.ts';

export interface ProberOptions {
  readonly probe: Probe;
  /** Counts for the readiness, say; a probe that has not succeeded yet has no verdict. */
  readonly onVerdict: (isWell: boolean) => void;
  /** Each failed try, in the probe's words. */
  readonly onFailure: (message: string) => void;
  readonly attempt: () => Promise<ProbeResult>;
}

/** Starts probing; the first try comes after `initialDelaySeconds`. Disposing it ends it. */
export function startProber({ probe, onVerdict, onFailure, attempt }: ProberOptions): Disposable {
  const periodMs = Math.max(1, probe.periodSeconds ?? 10) * 1000;
  const needed = { well: probe.successThreshold ?? 1, bad: probe.failureThreshold ?? 3 };
  let isStopped = false;
  let row = 0;
  let last: boolean | undefined;

  const tryOnce = async () => {
    timer = setTimeout(() => void tryOnce(), periodMs);
    const result = await attempt().catch((error: unknown) => String(error));
    if (isStopped) return;
    const isWell = result === null;
    if (result !== null) onFailure(result);
    row = last === isWell ? row + 1 : 1;
    last = isWell;
    if (row === (isWell ? needed.well : needed.bad)) onVerdict(isWell);
  };
  let timer = setTimeout(() => void tryOnce(), (probe.initialDelaySeconds ?? 0) * 1000);
  return {
    [Symbol.dispose]: () => {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
